#include "runtime/cli/verbs/creation.h"

#include "runtime/cli/values.h"
#include "spec/error.h"

namespace berth::cli {

void take_globals(const Call& call, plan::Request& request) {
  request.rootless = call.rootless;
  request.no_cgroups = call.no_cgroups;
  request.systemd_flag = call.systemd_flag;
  if (call.no_cgroups && !call.systemd_flag.empty()) {
    fail(ErrorKind::Config, "asks for a cgroup, and --cgroup-manager disabled for none",
         request.systemd_flag);
  }
}

void check_creation(const Call& call, Creation& creation) {
  take_globals(call, creation);
  creation.preserved_fds = number_of("--preserve-fds", creation.preserve_fds);
}

}  // namespace berth::cli
