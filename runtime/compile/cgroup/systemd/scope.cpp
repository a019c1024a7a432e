#include "runtime/compile/cgroup/systemd/scope.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <utility>

#include "runtime/compile/cgroup/device_rules.h"
#include "runtime/compile/cgroup/systemd/property_text.h"
#include "runtime/compile/cgroup/systemd/unit_properties.h"
#include "runtime/compile/cgroup/systemd/unit_values.h"
#include "spec/pointer.h"

namespace berth::plan {

namespace {

using Properties = std::vector<UnitProperty>;

/// Gives a time in seconds, as `TimeoutStopSec` has it in unit files, the name and the unit that
/// D-Bus has for it. Returns what is wrong; empty if nothing is.
std::string convert_seconds(UnitProperty& property) {
  if (!property.name.ends_with("Sec") || property.name.ends_with("USec")) return {};
  constexpr std::string_view kNumbers = "ynqiuxtd";
  constexpr double kMost = 1e12;  // in microseconds it is well inside of 64 bits
  const bool is_number =
      property.signature.size() == 1 && kNumbers.find(property.signature) != kNumbers.npos;
  const double seconds = is_number ? std::strtod(property.values.front().c_str(), nullptr) : -1;
  if (seconds < 0 || seconds > kMost) return "is not a time in seconds, from 0 to 10^12";
  property.name.replace(property.name.size() - 3, 3, "USec");
  property.signature = "t";
  property.values = {std::to_string(static_cast<std::uint64_t>(seconds * 1e6))};
  return {};
}

/// What every scope of a container is: delegated, with all controllers, and forgotten by systemd
/// when it ends.
Properties common_properties(const std::string& id, const std::string& slice) {
  const auto yes = [](const char* name) { return UnitProperty{name, "b", {"true"}}; };
  return {{"Description", "s", {"container " + id}},
          {"Slice", "s", {slice}},
          yes("Delegate"),
          {"DefaultDependencies", "b", {"false"}},
          {"CollectMode", "s", {"inactive-or-failed"}},
          yes("CPUAccounting"),
          yes("MemoryAccounting"),
          yes("IOAccounting"),
          yes("TasksAccounting"),
          {"TasksMax", "t", {kNoLimit}}};
}

/// `'TEXT' `
std::string quoted(const std::string& text) { return std::string("'").append(text).append("' "); }

Properties annotated_properties(const spec::Config& config, Problems& problems) {
  constexpr std::string_view kPrefix = "org.systemd.property.";
  constexpr std::string_view kOwn[] = {"PIDs", "Slice", "Delegate"};
  Properties properties;
  for (const auto& [name, value] : config.annotations) {
    if (!name.starts_with(kPrefix)) continue;
    UnitProperty property{.name = name.substr(kPrefix.size()), .signature = "", .values = {}};
    std::string fault = read_property_text(value, property);
    if (std::ranges::find(kOwn, property.name) != std::end(kOwn)) {
      fault = "is for berth to set: /linux/cgroupsPath names the slice";
    }
    if (fault.empty()) fault = convert_seconds(property);
    if (!fault.empty()) {
      problems.add("/annotations/" + spec::pointer_token(name), quoted(value).append(fault));
    }
    properties.push_back(std::move(property));
  }
  return properties;
}

void append(Properties more, Properties& properties) {
  std::ranges::move(more, std::back_inserter(properties));
}

/// crun's name of a cgroup inside the scope.
void refuse_subgroup(const spec::Config& config, Problems& problems) {
  constexpr char kSubgroup[] = "run.oci.systemd.subgroup";
  const auto found = config.annotations.find(kSubgroup);
  if (found == config.annotations.end() || found->second.empty()) return;
  problems.add(std::string("/annotations/") + kSubgroup,
               "is not supported: the container is in the scope itself", ErrorKind::Unsupported);
}

}  // namespace

Scope compile_scope(const spec::Config& config, const std::string& id, const ScopePath& path,
                    const CgroupLayout& layout, const std::vector<CgroupWrite>& writes,
                    Problems& problems) {
  Scope scope{.name = {.unit = path.unit, .is_user = layout.systemd->is_user},
              .properties = common_properties(id, path.slice),
              .late_properties = process_properties(writes)};
  refuse_subgroup(config, problems);
  check_unit_values(writes, problems);
  append(limit_properties(writes), scope.properties);
  append(oom_properties(writes), scope.properties);
  append(annotated_properties(config, problems), scope.properties);
  if (layout.limits_devices) {
    Problems reported_before;
    const auto& resources = config.linux.resources;
    append(device_properties(compile_device_rules(
               resources ? resources->devices : std::vector<spec::DeviceRule>{}, reported_before)),
           scope.late_properties);
  }
  return scope;
}

}  // namespace berth::plan
