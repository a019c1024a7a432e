#include "runtime/compile/files/devices.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/files/root.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/linux/files/path_text.h"
#include "spec/config/devices.h"

namespace berth::plan {

namespace {

constexpr char kPtmx[] = "/dev/ptmx";
constexpr char kDevices[] = "/linux/devices";
constexpr std::uint32_t kDefaultMode = 0666;
constexpr std::uint32_t kPermissions = 07777;

struct Link {
  const char* path;
  const char* target;
  bool is_of_pts = false;  ///< replaces the image's, which would open terminals of another devpts
};
constexpr Link kLinks[] = {
    {"/dev/fd", "/proc/self/fd"},       {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"}, {"/dev/stderr", "/proc/self/fd/2"},
    {kPtmx, "pts/ptmx", true},
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
  request.has_attributes = device.file_mode || device.uid || device.gid;
  if (type == S_IFCHR || type == S_IFBLK) {
    request.device.major_number = device_number(*device.major, 0xfff, pointer + "/major", problems);
    request.device.minor_number =
        device_number(*device.minor, 0xfffff, pointer + "/minor", problems);
  }
  return request;
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
  const auto found = std::ranges::find(devices, kPtmx, &DeviceRequest::path);
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

std::uint32_t id_on_host(std::uint32_t id, const std::vector<spec::IdMapping>& mappings,
                         const std::string& pointer, Problems& problems) {
  const auto found = host_id(mappings, id);
  if (!found) {
    problems.add(pointer, std::to_string(id) + " is not an id of the container's user namespace");
  }
  return found.value_or(0);
}

void make_on_host(DeviceRequest& device, const spec::Linux& linux, Builder& builder) {
  const Owner owner{.uid = id_on_host(device.owner.uid, linux.uid_mappings, device.origin + "/uid",
                                      builder.problems),
                    .gid = id_on_host(device.owner.gid, linux.gid_mappings, device.origin + "/gid",
                                      builder.problems)};
  device.slot = builder.fill(
      NewDevice{.path = builder.text(device.path), .device = device.device, .owner = owner},
      device.origin);
}

/// Only in a mount namespace that begins with the host's tree does the path lead to the host's
/// node. Default devices, and most others, have no mode or owner that the config asks for.
Refused if_refused(const DeviceRequest& device, const spec::Config& config) {
  const bool has_tree = mount_namespace_of(config) == MountNamespace::New;
  if (!has_tree || S_ISFIFO(device.device.mode)) return Refused::Report;
  return device.has_attributes ? Refused::BindEqual : Refused::Bind;
}

void add_device(const DeviceRequest& device, const spec::Config& config, Builder& builder) {
  const Text path = builder.text(device.path);
  if (device.slot == kNoSlot) {
    builder.add(MakeDevice{.path = path,
                           .device = device.device,
                           .owner = device.owner,
                           .refused = if_refused(device, config)},
                device.origin);
    return;
  }
  if (device.is_hosts) {
    builder.add(CheckDevice{.path = path, .device = device.device, .file = device.slot},
                device.origin);
  }
  builder.add(TakeTree{.tree = device.slot}, device.origin);
  add_bound({}, device.path, {}, device.origin, builder);
}

}  // namespace

bool has_pts(const std::vector<MountRequest>& mounts) {
  return std::ranges::any_of(mounts, [](const MountRequest& request) {
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
  for (const DefaultDevice& device : kDefaultDevices) {
    if (std::ranges::count(configured, device.path, &DeviceRequest::path) != 0) continue;
    devices.push_back({.path = device.path,
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

void compile_devices(const spec::Config& config, const std::vector<DeviceRequest>& devices,
                     const std::vector<MountRequest>& mounts, Builder& builder) {
  for (const DeviceRequest& device : devices) add_device(device, config, builder);
  for (const Link& link : kLinks) {
    if (brings_own_dev(mounts) || (link.is_of_pts && !has_pts(mounts))) continue;
    builder.add(MakeSymlink{.path = builder.text(link.path),
                            .target = builder.text(link.target),
                            .replaces = link.is_of_pts},
                "");
  }
  if (!config.linux.masked_paths.empty()) {
    builder.add(OpenNull{.path = builder.text("/dev/null")}, "/linux/maskedPaths");
  }
}

}  // namespace berth::plan
