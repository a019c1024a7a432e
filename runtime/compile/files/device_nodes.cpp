#include "runtime/compile/files/device_nodes.h"

#include "runtime/compile/builder.h"
#include "runtime/compile/files/devices.h"
#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/files/mounts.h"

namespace berth::plan {

namespace {

constexpr char kPtmx[] = "/dev/ptmx";

struct Link {
  const char* path;
  const char* target;
};
constexpr Link kLinks[] = {
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
};

void add_bound(const DeviceRequest& device, Builder& builder) {
  if (device.is_hosts) {
    builder.add(
        CheckDevice{
            .path = builder.text(device.path), .device = device.device, .file = device.slot},
        device.origin);
  }
  add_bind(device.slot, {}, device.path, {}, device.origin, builder);
}

void add_device(const DeviceRequest& device, Builder& builder) {
  if (device.slot != kNoSlot) {
    add_bound(device, builder);
    return;
  }
  builder.add(
      MakeDevice{.path = builder.text(device.path), .device = device.device, .owner = device.owner},
      device.origin);
}

}  // namespace

void compile_devices(const spec::Config& config, const Files& files, Builder& builder) {
  for (const DeviceRequest& device : files.devices) add_device(device, builder);
  if (!brings_own_dev(files.mounts)) {
    for (const Link& link : kLinks) add_link(link.path, link.target, "", builder);
    // A /dev/ptmx of the image would open a terminal of another devpts.
    if (has_pts(files.mounts)) {
      builder.add(
          MakeSymlink{
              .path = builder.text(kPtmx), .target = builder.text("pts/ptmx"), .replaces = true},
          "");
    }
  }
  if (!config.linux.masked_paths.empty()) {
    builder.add(OpenNull{.path = builder.text("/dev/null")}, "/linux/maskedPaths");
  }
}

}  // namespace berth::plan
