#include "runtime/compile/files/devices.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/files/root.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/linux/files/path_text.h"
#include "spec/config/words.h"

namespace berth::plan {

namespace {

constexpr char kPtmx[] = "/dev/ptmx";
constexpr char kDevices[] = "/linux/devices";
constexpr std::uint32_t kDefaultMode = 0666;
constexpr std::uint32_t kPermissions = 07777;

struct DefaultDevice {
  const char* path;
  std::uint32_t major, minor;
};
constexpr DefaultDevice kDefaults[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

/// A dev_t of the kernel has 12 bits of major and 20 of minor number.
std::uint32_t device_number(std::int64_t number, std::int64_t highest, const std::string& pointer,
                            Problems& problems) {
  if (number > highest) {
    problems.add(pointer, std::to_string(number) + " is not a device number, they end at " +
                              std::to_string(highest));
  }
  return static_cast<std::uint32_t>(number);
}

DeviceRequest read_device(const spec::Device& device, const std::string& pointer,
                          Problems& problems) {
  DeviceRequest request;
  request.path = sys::clean_path(device.path);
  request.origin = pointer;
  if (request.path == "/") {
    problems.add(pointer + "/path", "'" + device.path + "' is not a place for a device");
  }
  const auto type = static_cast<std::uint32_t>(spec::kDeviceTypes.value_of(device.type));
  request.device.mode = type | (device.file_mode.value_or(kDefaultMode) & kPermissions);
  request.owner = {.uid = device.uid.value_or(0), .gid = device.gid.value_or(0)};
  if (type == S_IFCHR || type == S_IFBLK) {
    request.device.major_number = device_number(*device.major, 0xfff, pointer + "/major", problems);
    request.device.minor_number =
        device_number(*device.minor, 0xfffff, pointer + "/minor", problems);
  }
  return request;
}

const DeviceRequest* find(const std::vector<DeviceRequest>& devices, const std::string& path) {
  const auto found = std::find_if(devices.begin(), devices.end(),
                                  [&](const DeviceRequest& device) { return device.path == path; });
  return found == devices.end() ? nullptr : &*found;
}

std::vector<DeviceRequest> read_configured(const std::vector<spec::Device>& devices,
                                           Problems& problems) {
  std::vector<DeviceRequest> requests;
  std::map<std::string, std::string> origins;  // by path
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string pointer = kDevices + ("/" + std::to_string(i));
    DeviceRequest request = read_device(devices[i], pointer, problems);
    const auto [first, is_new] = origins.emplace(request.path, pointer);
    if (!is_new) {
      problems.add(pointer, "'" + request.path + "' is " + first->second + " already");
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

/// Leaves out a configured /dev/ptmx, which would open terminals of another devpts.
void leave_out_ptmx(std::vector<DeviceRequest>& devices, Builder& builder) {
  const auto found = std::find_if(devices.begin(), devices.end(),
                                  [](const DeviceRequest& device) { return device.path == kPtmx; });
  if (found == devices.end()) return;
  if (S_ISCHR(found->device.mode) && found->device.major_number == 5 &&
      found->device.minor_number == 2) {
    builder.warn(found->origin, "is left out: /dev/ptmx is a link to that of /dev/pts");
  } else {
    builder.problems.add(found->origin,
                         "/dev/ptmx is a link to that of /dev/pts, and nothing else");
  }
  devices.erase(found);
}

/// The host's id for an id of the container.
std::uint32_t host_id(std::uint32_t id, const std::vector<spec::IdMapping>& mappings,
                      const std::string& pointer, Problems& problems) {
  for (const spec::IdMapping& mapping : mappings) {
    if (id < mapping.container_id || id - mapping.container_id >= mapping.size) continue;
    return static_cast<std::uint32_t>(mapping.host_id + (id - mapping.container_id));
  }
  problems.add(pointer, std::to_string(id) + " is not an id of the container's user namespace");
  return 0;
}

void make_on_host(DeviceRequest& device, const spec::Linux& linux, Builder& builder) {
  const Owner owner{.uid = host_id(device.owner.uid, linux.uid_mappings, device.origin + "/uid",
                                   builder.problems),
                    .gid = host_id(device.owner.gid, linux.gid_mappings, device.origin + "/gid",
                                   builder.problems)};
  device.slot = builder.new_slot();
  builder.add(NewDevice{.path = builder.text(device.path),
                        .device = device.device,
                        .owner = owner,
                        .to = {device.slot}},
              device.origin);
}

}  // namespace

bool has_pts(const std::vector<MountRequest>& mounts) {
  return std::any_of(mounts.begin(), mounts.end(), [](const MountRequest& request) {
    return !request.options.remount && request.destination == "/dev/pts";
  });
}

std::vector<DeviceRequest> read_devices(const spec::Config& config,
                                        const std::vector<MountRequest>& mounts, Builder& builder) {
  std::vector<DeviceRequest> configured = read_configured(config.linux.devices, builder.problems);
  if (has_pts(mounts)) leave_out_ptmx(configured, builder);
  if (brings_own_dev(mounts)) {
    const std::size_t dropped = std::erase_if(
        configured, [](const DeviceRequest& device) { return sys::is_below(device.path, "/dev"); });
    if (dropped > 0) builder.warn(kDevices, "nothing is made in /dev, which is a bind mount");
    return configured;
  }
  std::vector<DeviceRequest> devices;
  for (const DefaultDevice& device : kDefaults) {
    if (find(configured, device.path) != nullptr) continue;
    devices.push_back({.path = device.path,
                       .origin = {},
                       .device = {.mode = S_IFCHR | kDefaultMode,
                                  .major_number = device.major,
                                  .minor_number = device.minor}});
  }
  devices.insert(devices.end(), configured.begin(), configured.end());
  return devices;
}

void open_devices(std::vector<DeviceRequest>& devices, const spec::Config& config,
                  Builder& builder) {
  const bool can_make = builder.host.may_make_devices;
  if (!has_own_root_mount(config) || (can_make && !has_own_namespace(config, "user"))) return;
  // berth does not know the id maps of a joined user namespace.
  const bool knows_owner = can_make && has_new_namespace(config, "user");
  for (DeviceRequest& device : devices) {
    if (S_ISFIFO(device.device.mode)) continue;
    const bool is_default = device.origin.empty();
    if (!is_default && knows_owner) {
      make_on_host(device, config.linux, builder);
      continue;
    }
    device.slot = builder.source(device.path, false, Symlink::Follow, device.origin);
    device.is_hosts = true;
    if (is_default) continue;
    builder.warn(device.origin, "no device can be made here: the host's '" + device.path +
                                    "' is bound, with its own mode and owner");
  }
}

}  // namespace berth::plan
