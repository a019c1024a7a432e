// The part of the command line that `create` and `run` share.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "runtime/cli/verb.h"
#include "runtime/container/verbs/create.h"

namespace berth::cli {

struct Creation : Options, container::CreateOptions {
  std::string preserve_fds = "0";
};

inline constexpr auto kCreationFlags = std::to_array<Flag>({
    kBundleFlag<Creation>,
    {"--console-socket SOCKET", in<Creation, &Creation::console_socket>,
     "send the terminal's master there"},
    {"--pid-file FILE", in<Creation, &Creation::pid_file>, "write the number of the process there"},
    {"--no-pivot", in<Creation, &Creation::no_pivot>, "move the root over / instead of pivot_root"},
    {"--no-new-keyring", in<Creation, &Creation::no_new_keyring>, "keep the session keyring"},
    {"--preserve-fds N", in<Creation, &Creation::preserve_fds>, "pass on N descriptors from 3 up"},
    {"--pidfd-socket SOCKET", in<Creation, &Creation::pidfd_socket>,
     "send a handle of the process there"},
});

/// These rows, followed by those of the verb.
template <std::size_t N>
constexpr auto after_creation_flags(const Flag (&own)[N]) {
  std::array<Flag, kCreationFlags.size() + N> all{};
  std::copy(own, own + N, std::copy(kCreationFlags.begin(), kCreationFlags.end(), all.begin()));
  return all;
}

/// Sets what the flags before the verb say of a container that is made. To the other verbs the flag
/// that asks for systemd means nothing, because the Record has the container's cgroup and unit.
void take_globals(const Call& call, plan::Request& request);

/// Completes the options of container::create, except the bundle, which may be a relative path.
void check_creation(const Call& call, Creation& creation);

}  // namespace berth::cli
