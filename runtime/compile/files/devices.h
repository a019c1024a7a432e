// The devices of a container: the default ones and linux.devices. Each is a node to make or, if
// none can be made, a device of the host to bind. device_rules.h decides who may use them.
// config-linux.md, "Devices" and "Default Devices"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/plan/plan.h"
#include "spec/config/config.h"

namespace berth::plan {

struct DefaultDevice {
  const char* path;
  std::uint16_t major, minor;
};
constexpr DefaultDevice kDefaultDevices[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

struct DeviceRequest {
  std::string path;         ///< in clean form
  std::string origin = {};  ///< empty for a default one
  Device device;
  Owner owner = {};             ///< ids of the container
  Slot slot = {};               ///< a device to bind, because the container cannot make one
  bool is_hosts = false;        ///< the device in the slot is the host's own
  bool has_attributes = false;  ///< the config says something about mode or owner
};

/// The default devices that the config does not replace, then the config's. If /dev is a bind
/// mount, nothing is made in it: there are no default devices, and linux.devices gets a warning. If
/// something is mounted on /dev/pts, /dev/ptmx is a link into it and not a device. DD-3
std::vector<DeviceRequest> read_devices(const spec::Config& config,
                                        const std::vector<MountRequest>& mounts, Builder& builder);

/// Whether something is mounted on /dev/pts.
bool has_pts(const std::vector<MountRequest>& mounts);

/// Host: opens devices for a container with a user namespace, which can make only FIFOs. mknod(2)
/// The default devices are the host's own. berth makes those of the config, if it may and knows the
/// owner's id on the host; otherwise they are the host's own, with a warning.
void open_devices(std::vector<DeviceRequest>& devices, const spec::Config& config,
                  Builder& builder);

/// Child: makes device nodes, or binds the host's where the kernel refuses that; and the symbolic
/// links of /dev, and opens the null device that masks files.
void compile_devices(const spec::Config& config, const std::vector<DeviceRequest>& devices,
                     const std::vector<MountRequest>& mounts, Builder& builder);

}  // namespace berth::plan
