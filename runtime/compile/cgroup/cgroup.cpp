#include "runtime/compile/cgroup/cgroup.h"

#include <algorithm>

#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/compile/cgroup/device_program.h"
#include "runtime/compile/cgroup/device_rules.h"
#include "runtime/compile/cgroup/directories.h"
#include "runtime/compile/cgroup/resources.h"
#include "runtime/compile/cgroup/systemd/scope.h"
#include "runtime/compile/cgroup/systemd/scope_name.h"
#include "runtime/compile/cgroup/systemd/unit_properties.h"
#include "runtime/host/cgroup_delegation.h"
#include "spec/config/semver.h"
#include "spec/text.h"

namespace berth::plan {

namespace {

constexpr char kPathPointer[] = "/linux/cgroupsPath";

/// What is wrong with the path; empty if nothing is. A newline cannot be in a cgroup's name. Other
/// control characters should not be, because lists show these names.
std::string fault_of(const std::string& path) {
  if (std::ranges::any_of(path, [](unsigned char c) { return c < ' ' || c == 127; })) {
    return "has control characters";
  }
  const auto components = text::words<std::string>(path, '/');
  for (const std::string& component : components) {
    if (component == "." || component == "..") return "has a component '" + component + "'";
    if (component.size() > 255) return "has a component of more than 255 bytes";
  }
  return components.empty() ? "names the root of all cgroups" : "";
}

/// Removes repeated and trailing slashes, so that equal places have equal texts.
std::string tidied(const std::string& path) {
  std::string tidy;
  for (const char c : path) {
    if (c != '/' || tidy.empty() || tidy.back() != '/') tidy += c;
  }
  if (tidy.back() == '/') tidy.pop_back();
  return tidy;
}

/// Whether the directory is in berth's own cgroup, which has processes and so passes no controller
/// on.
bool is_in_own(const CgroupDirectory& directory) {
  const std::string own = directory.hierarchy.own_place().value_or("");
  return !own.empty() && directory.path.starts_with(directory.hierarchy.path_of(own) + "/");
}

void enable_for(const std::vector<CgroupWrite>& writes, CgroupDirectory& directory) {
  const CgroupHierarchy& hierarchy = directory.hierarchy;
  if (!hierarchy.unified) return;
  const bool may_offer = !is_in_own(directory);
  for (const std::string& controller : hierarchy.controllers) {
    const bool is_needed = std::ranges::any_of(
        writes, [&](const CgroupWrite& write) { return write.controller == controller; });
    if (is_needed) directory.enable.push_back(controller);
    if (!is_needed && may_offer) directory.offer.push_back(controller);
  }
}

void compile_devices_v1(const std::vector<AccessRule>& rules, CgroupPlan& plan,
                        Problems& problems) {
  const auto add = [&](const AccessRule& rule) {
    plan.writes.push_back({.controller = "devices",
                           .file = rule.allow ? "devices.allow" : "devices.deny",
                           .value = device_rule_text(rule),
                           .origin = rule.origin});
  };
  const AccessPolicy policy = fold_device_rules(rules, problems);
  add(policy.fallback);
  for (const AccessRule& exception : policy.exceptions) add(exception);
}

void compile_devices(const std::vector<spec::DeviceRule>& asked, const CgroupLayout& layout,
                     CgroupPlan& plan, Problems& problems) {
  const std::vector<AccessRule> rules = compile_device_rules(asked, problems);
  if (!layout.limits_devices) return;
  if (layout.find("devices") != nullptr) {
    compile_devices_v1(rules, plan, problems);
  } else if (layout.unified() != nullptr) {
    plan.device_program = compile_device_program(rules, problems);
  } else if (!asked.empty()) {
    problems.add("/linux/resources/devices",
                 "no cgroup hierarchy that is mounted here can limit devices",
                 ErrorKind::Unsupported);
  }
}

/// The path below each hierarchy's mount; empty if there was a problem. A relative cgroupsPath
/// begins there, too, because that is one place for every caller. Without a cgroupsPath it is
/// `/berth-ID`.
std::string compile_cgroups_path(const std::string& cgroups_path, const std::string& id,
                                 Problems& problems) {
  // A single directory, and not one inside another, halves the cost in every hierarchy.
  if (cgroups_path.empty()) return "/berth-" + id;
  if (is_scope_path(cgroups_path)) {
    problems.add(kPathPointer, "'" + cgroups_path +
                                   "' is a slice and a scope of systemd, which only "
                                   "--systemd-cgroup makes");
    return {};
  }
  const std::string fault = fault_of(cgroups_path);
  if (!fault.empty()) {
    problems.add(kPathPointer, "'" + cgroups_path + "' " + fault);
    return {};
  }
  return tidied("/" + cgroups_path);
}

/// A longer path can be made step by step, but then neither the kernel nor a person can name it.
void check_length(const CgroupDirectory& directory, Problems& problems) {
  constexpr std::size_t kLongest = 4095;
  if (directory.path.size() <= kLongest) return;
  problems.add(kPathPointer, "comes to a path of " + std::to_string(directory.path.size()) +
                                 " bytes, which may have " + std::to_string(kLongest));
}

/// The container stays in the caller's cgroups, and those are not changed. Limits are refused.
CgroupPlan compile_without_cgroups(const spec::Config& config, const spec::Resources& resources,
                                   const CgroupLayout& layout, Problems& problems) {
  if (!config.linux.cgroups_path.empty()) {
    problems.add(kPathPointer, "asks for a cgroup, and --cgroup-manager disabled for none");
  }
  CgroupPlan plan;
  CgroupLayout none = layout;
  none.hierarchies.clear();
  compile_resources(resources, none, problems);
  for (const CgroupHierarchy& hierarchy : layout.hierarchies) {
    plan.directories.push_back(inherited_directory(hierarchy));
  }
  return plan;
}

/// The writes that need their controller. A cgroup without it has the values of the others.
std::vector<CgroupWrite> demanding(std::vector<CgroupWrite> writes) {
  std::erase_if(writes, [](const CgroupWrite& write) { return write.is_default; });
  return writes;
}

/// A cgroup that is not the container's own is not written to.
void drop_inherited(CgroupPlan& plan) {
  std::erase_if(plan.writes, [&](const CgroupWrite& write) {
    return std::ranges::any_of(plan.directories, [&](const CgroupDirectory& directory) {
      return directory.is_inherited && has_file(directory.hierarchy, write);
    });
  });
}

/// systemd makes the cgroup, below its own one.
CgroupPlan compile_in_scope(const spec::Config& config, const spec::Resources& resources,
                            const std::string& id, const CgroupLayout& layout, Problems& problems) {
  const SystemdManager& systemd = layout.systemd.value();
  const ScopePath path = read_scope_path(config.linux.cgroups_path, id, systemd.is_user, problems);
  CgroupLayout usable = layout;
  for (CgroupHierarchy& hierarchy : usable.hierarchies) hierarchy.controllers = systemd.controllers;
  CgroupPlan plan;
  plan.path = systemd.place + place_of_slice(path.slice) + "/" + cgroup_name_of(path.unit);
  plan.writes = compile_resources(resources, usable, problems);
  match_unit_weights(plan.writes);
  compile_devices(resources.devices, usable, plan, problems);
  const std::vector<CgroupWrite> limits = demanding(plan.writes);
  for (const CgroupHierarchy& hierarchy : usable.hierarchies) {
    plan.directories.push_back({.hierarchy = hierarchy, .path = hierarchy.path_of(plan.path)});
    enable_for(limits, plan.directories.back());
    check_length(plan.directories.back(), problems);
  }
  plan.scope = compile_scope(config, id, path, usable, plan.writes, problems);
  return plan;
}

}  // namespace

CgroupPlan compile_cgroup(const spec::Config& config, const std::string& id,
                          const CgroupLayout& layout, Problems& problems) {
  spec::Resources resources = config.linux.resources.value_or(spec::Resources{});
  if (takes_zero_pids_for_none(resources, config.oci_version)) resources.pids.reset();
  if (layout.is_disabled) return compile_without_cgroups(config, resources, layout, problems);
  if (layout.systemd) return compile_in_scope(config, resources, id, layout, problems);
  CgroupPlan plan;
  plan.path = compile_cgroups_path(config.linux.cgroups_path, id, problems);
  // A place that the config names has to be made, or it is an error.
  const bool may_choose = config.linux.cgroups_path.empty();
  const CgroupLayout usable = may_choose && layout.is_delegated ? usable_part(layout) : layout;
  plan.writes = compile_resources(resources, usable, problems);
  compile_devices(resources.devices, usable, plan, problems);
  const std::vector<CgroupWrite> limits = demanding(plan.writes);
  for (const CgroupHierarchy& hierarchy : usable.hierarchies) {
    plan.directories.push_back(
        may_choose ? chosen_directory(hierarchy, plan.path, limits, layout.is_delegated)
                   : CgroupDirectory{.hierarchy = hierarchy, .path = hierarchy.path_of(plan.path)});
    enable_for(limits, plan.directories.back());
    check_length(plan.directories.back(), problems);
  }
  drop_inherited(plan);
  return plan;
}

bool takes_zero_pids_for_none(const spec::Resources& resources, const std::string& oci_version) {
  return resources.pids && resources.pids->limit == 0 && spec::is_older_than_minor(oci_version, 3);
}

}  // namespace berth::plan
