#include "runtime/compile/namespaces/net_devices.h"

#include <set>

#include "runtime/compile/namespaces/config_namespaces.h"
#include "spec/pointer.h"

namespace berth::plan {

namespace {

constexpr char kNetDevices[] = "/linux/netDevices";

/// The kernel replaces this with a number. It must be at the end of a name. ND-2
constexpr std::string_view kNumber = "%d";

std::string pointer_of(const std::string& name) {
  return std::string(kNetDevices) + "/" + spec::pointer_token(name);
}

std::string new_name(const std::string& name, const spec::NetDevice& device) {
  return device.name.empty() ? name : device.name;
}

void check_name(const std::string& pointer, const std::string& name, std::set<std::string>& taken,
                Problems& problems) {
  const std::size_t percent = name.find('%');
  const bool is_pattern = percent != std::string::npos;
  if (is_pattern && name.substr(percent) != kNumber) {
    problems.add(pointer, "'" + name + "' has a % that is not part of a %d at its end");
  } else if (!is_pattern && !taken.insert(name).second) {
    problems.add(pointer, "'" + name + "' is the name of another one in the container, too");
  }
}

}  // namespace

void compile_net_device_checks(const spec::Config& config, Builder& builder) {
  const auto& devices = config.linux.net_devices;
  if (devices.empty()) return;
  if (!has_own_namespace(config, "network")) {
    builder.problems.add(kNetDevices, "needs an entry 'network' in /linux/namespaces");
  }
  std::set<std::string> taken;
  for (const auto& [name, device] : devices) {
    const std::string pointer = pointer_of(name) + (device.name.empty() ? "" : "/name");
    check_name(pointer, new_name(name, device), taken, builder.problems);
    builder.add(CheckNetDevice{.name = builder.text(name)}, pointer_of(name));
  }
}

void compile_net_devices(const spec::Config& config, Builder& builder) {
  // All checks come before berth moves the first device.
  for (const auto& [name, device] : config.linux.net_devices) {
    builder.add(CheckNetDevice{.name = builder.text(name),
                               .new_name = builder.text(new_name(name, device))},
                pointer_of(name));
  }
  for (const auto& [name, device] : config.linux.net_devices) {
    builder.add(
        MoveNetDevice{.name = builder.text(name), .new_name = builder.text(new_name(name, device))},
        pointer_of(name));
  }
}

}  // namespace berth::plan
