// Network devices that move into the container. config-linux.md "Network Devices"
#pragma once

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host, before anything is made: checks that all devices exist and can be moved.
void compile_net_device_checks(const spec::Config& config, Builder& builder);

/// Host, while the child waits: checks that the names are free in the container, then moves each
/// device.
void compile_net_devices(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
