// The config that `berth spec` writes: a shell on a terminal, in a read-only `rootfs` beside it.
#pragma once

#include <cstdint>

#include "spec/config.h"

namespace berth::spec {

/// Where programs are looked for when nobody says it, as an environment variable.
inline constexpr char kDefaultPath[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What other runtimes write too, but for the host name. conformance/bench/floor.c does by hand
/// what this asks for: they have to stay the same.
Config default_config();

/// The same for a caller without privilege, who is uid and gid 0 inside: in a user namespace of one
/// id, on the host's network, without limits; /sys is the host's, read-only.
Config rootless_config(std::uint32_t uid, std::uint32_t gid);

}  // namespace berth::spec
