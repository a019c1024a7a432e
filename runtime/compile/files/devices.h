// The devices of a container: those that every one has, and linux.devices; each as a node to make
// or, where none can be made, one of the host's to bind. Who may use them is device_rules.h.
// config-linux.md, "Devices" and "Default Devices"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::plan {

struct DeviceRequest {
  std::string path;    ///< clean
  std::string origin;  ///< empty for a default one
  Device device;
  Owner owner = {};       ///< as the container sees it
  Slot slot = {};         ///< a device to be bound, because the container can make none
  bool is_hosts = false;  ///< that is the host's own one
};

/// The default devices that the config does not replace, then the config's. With a /dev of the
/// caller's own nothing is made in it: no default device, and a warning at linux.devices. Beside a
/// /dev/pts of the container's there is no device /dev/ptmx: it is a link to the one in there. DD-3
std::vector<DeviceRequest> read_devices(const spec::Config& config,
                                        const std::vector<MountRequest>& mounts, Builder& builder);

/// Whether something is mounted on /dev/pts.
bool has_pts(const std::vector<MountRequest>& mounts);

/// Host: in a user namespace no device can be made, only FIFOs. mknod(2) The default devices are
/// then the host's own; those of the config we make for it, if we may and know the owner's id on
/// the host, and else they are the host's own, too, of which there is a warning.
void open_devices(std::vector<DeviceRequest>& devices, const spec::Config& config,
                  Builder& builder);

}  // namespace berth::plan
