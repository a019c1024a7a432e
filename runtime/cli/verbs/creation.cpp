#include "runtime/cli/verbs/creation.h"

#include "runtime/cli/values.h"

namespace berth::cli {

void check_creation(const Call& call, Creation& creation) {
  refuse_if(!creation.pidfd_socket.empty(), "--pidfd-socket");
  creation.rootless = call.rootless;
  creation.preserved_fds = number_of("--preserve-fds", creation.preserve_fds);
}

}  // namespace berth::cli
