// The config that `berth spec` writes: a shell on a terminal, in a read-only `rootfs` beside it.
#pragma once

#include "spec/config.h"

namespace berth::spec {

/// What other runtimes write too, but for the host name. conformance/bench/floor.c does by hand
/// what this asks for: they have to stay the same.
Config default_config();

}  // namespace berth::spec
