// The config that `berth spec` writes: a shell on a terminal, in the read-only root `rootfs` next
// to config.json.
#pragma once

#include <cstdint>

#include "spec/config/config.h"

namespace berth::spec {

/// The default PATH, as an environment variable.
inline constexpr char kDefaultPath[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Equals the default config of other runtimes, except for the host name. conformance/bench/floor.c
/// makes the system calls that this config needs, so a change here needs one there.
Config default_config();

/// The config for a caller without privilege, who is uid and gid 0 in the container: a user
/// namespace with one id, the host's network, no limits, and the host's /sys, read-only.
Config rootless_config(std::uint32_t uid, std::uint32_t gid);

}  // namespace berth::spec
