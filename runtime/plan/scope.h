// A scope of systemd as data: the unit that has the container's cgroup, and its properties.
#pragma once

#include <string>
#include <vector>

namespace berth::plan {

/// A property of a unit, as systemd's D-Bus interface has it. The values are those of the
/// signature's basic types in their order; the number of its elements comes before an array's:
/// {"AllowedCPUs", "ay", {"1", "5"}}. org.freedesktop.systemd1(5)
struct UnitProperty {
  std::string name;
  std::string signature;
  std::vector<std::string> values;
  bool operator==(const UnitProperty&) const = default;
};

/// Which systemd has a unit, and its name there.
struct ScopeName {
  std::string unit;      ///< `berth-web1.scope`
  bool is_user = false;  ///< it is the caller's own systemd, not the machine's
};

struct Scope {
  ScopeName name;
  std::vector<UnitProperty> properties;  ///< it is started with these
  /// Set when the container is ready: what would stop the processes that make it.
  std::vector<UnitProperty> late_properties;
};

}  // namespace berth::plan
