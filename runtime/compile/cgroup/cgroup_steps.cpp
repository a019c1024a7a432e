#include "runtime/compile/cgroup/cgroup_steps.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/device_rules.h"
#include "runtime/compile/cgroup/systemd/unit_values.h"
#include "runtime/compile/namespaces/config_namespaces.h"

namespace berth::plan {

namespace {

constexpr char kDevices[] = "devices", kProcesses[] = "pids";

/// The property that asked for this place. In a delegated cgroup it may be a limit.
std::string origin_of_path(const spec::Config& config, const CgroupDirectory& directory,
                           const Builder& builder) {
  if (!config.linux.cgroups_path.empty()) return "/linux/cgroupsPath";
  const auto& writes = builder.plan.cgroup.writes;
  const auto limit = std::ranges::find_if(writes, [&](const CgroupWrite& write) {
    return builder.host.cgroups.is_delegated && has_file(directory.hierarchy, write);
  });
  return limit == writes.end() ? "" : limit->origin;
}

/// Warns of what the config asks for and berth leaves undone for lack of privilege.
void warn_of_losses(const spec::Config& config, Builder& builder) {
  const CgroupLayout& layout = builder.host.cgroups;
  const bool has_rules = config.linux.resources && !config.linux.resources->devices.empty();
  if (has_rules && layout.is_disabled) {
    builder.warn(
        "/linux/resources/devices",
        "device rules belong to a cgroup, and --cgroup-manager disabled asks for none: the "
        "rules of the caller's cgroup stay in force");
  } else if (has_rules && !layout.limits_devices) {
    builder.warn(
        "/linux/resources/devices",
        "the kernel takes no device rules from this caller; in a user namespace no device can be "
        "made, and those of the host are as far away as before");
  }
  const auto& directories = builder.plan.cgroup.directories;
  const bool has_none =
      (layout.is_delegated || layout.is_disabled) &&
      std::ranges::all_of(directories, [](const auto& one) { return one.is_inherited; });
  if (has_none && !has_new_namespace(config, "pid")) {
    builder.warn("/linux/namespaces",
                 "with neither a pid namespace nor a cgroup of the container's own, berth does not "
                 "find what outlives its first process");
  }
}

void warn_of_zero_pids(const spec::Config& config, Builder& builder) {
  const auto& resources = config.linux.resources;
  if (resources && resources->pids && resources->pids->limit == 0 &&
      !takes_zero_pids_for_none(*resources, config.oci_version)) {
    builder.warn("/linux/resources/pids/limit",
                 "since version 1.3.0 of the specification 0 is a limit, under which a container "
                 "can fork nothing; -1 is none");
  }
}

void warn_of_rounding(Builder& builder) {
  if (!builder.plan.cgroup.scope) return;
  for (const CgroupWrite& write : builder.plan.cgroup.writes) {
    if (write.file != "cpu.max" || is_whole_percent(write.value)) continue;
    builder.warn(write.origin, "systemd keeps a quota in whole percents of the period, and '" +
                                   write.value + "' is rounded up to one");
  }
}

/// A process that has joined another user namespace may not clone into the v2 cgroup, and one that
/// has joined another cgroup namespace may not if that is below a mount with `nsdelegate`, as
/// systemd has it. So the prologue enters the cgroup before.
bool enters_before_joins(const spec::Config& config) {
  return has_joined_namespace(config, "user") || has_joined_namespace(config, "cgroup");
}

/// Whether init's first process counts as one of the container's until berth has reaped it.
bool counts_first_process(const spec::Config& config, const CgroupWrite& write,
                          const CgroupPlan& plan) {
  if (plan.scope) return true;
  const auto unified = find_unified(plan);
  return enters_before_joins(config) && unified &&
         has_file(plan.directories[*unified].hierarchy, write);
}

enum class When { DuringClone, WithDevices, Ready };

When when(const CgroupWrite& write, const spec::Config& config, const CgroupPlan& plan) {
  if (write.controller == kDevices) return When::WithDevices;
  const bool waits = write.controller == kProcesses && counts_first_process(config, write, plan);
  return waits ? When::Ready : When::DuringClone;
}

void add_writes(When now, const spec::Config& config, Builder& builder) {
  const std::vector<CgroupWrite>& writes = builder.plan.cgroup.writes;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if (when(writes[i], config, builder.plan.cgroup) != now) continue;
    builder.add(WriteCgroupFile{.file = builder.text(writes[i].file),
                                .value = builder.text(writes[i].value),
                                .number = static_cast<std::uint32_t>(i)},
                writes[i].origin);
  }
}

/// Makes a directory and opens the file to enter it; returns its slot.
Slot add_directory(std::size_t number, const spec::Config& config, Builder& builder) {
  const CgroupDirectory& directory = builder.plan.cgroup.directories[number];
  const std::string origin = origin_of_path(config, directory, builder);
  const auto index = static_cast<std::uint32_t>(number);
  builder.add(MakeCgroup{.path = builder.text(directory.path), .directory = index}, origin);
  return builder.fill(OpenCgroup{.path = builder.text(directory.path), .directory = index}, origin);
}

void add_entry(Side side, Slot slot, std::size_t number, const spec::Config& config,
               Builder& builder) {
  const CgroupDirectory& directory = builder.plan.cgroup.directories[number];
  builder.add(EnterCgroup{.path = builder.text(directory.path),
                          .cgroup = slot,
                          .is_unified = directory.hierarchy.unified},
              origin_of_path(config, directory, builder), side);
}

}  // namespace

std::optional<std::size_t> find_unified(const CgroupPlan& plan) {
  for (std::size_t i = 0; i < plan.directories.size(); ++i) {
    if (plan.directories[i].hierarchy.unified && !plan.directories[i].is_inherited) return i;
  }
  return std::nullopt;
}

Slot compile_initial_cgroup(const spec::Config& config, Builder& builder) {
  const auto number = find_unified(builder.plan.cgroup);
  if (const auto& scope = builder.plan.cgroup.scope) {
    builder.add(StartScope{.unit = builder.text(scope->name.unit),
                           .directory = static_cast<std::uint32_t>(number.value())},
                config.linux.cgroups_path.empty() ? "" : "/linux/cgroupsPath");
    return kNoSlot;
  }
  return number ? add_directory(*number, config, builder) : kNoSlot;
}

Slot compile_initial_cgroup_entry(const spec::Config& config, Slot initial_cgroup,
                                  Builder& builder) {
  if (initial_cgroup == kNoSlot || !enters_before_joins(config)) return initial_cgroup;
  add_entry(Side::Prologue, initial_cgroup, *find_unified(builder.plan.cgroup), config, builder);
  return kNoSlot;
}

Slots compile_cgroup_directories(const spec::Config& config, Builder& builder) {
  Slots slots;
  warn_of_losses(config, builder);
  warn_of_zero_pids(config, builder);
  warn_of_rounding(builder);
  for (std::size_t i = 0; i < builder.plan.cgroup.directories.size(); ++i) {
    const CgroupDirectory& directory = builder.plan.cgroup.directories[i];
    const bool is_ours = !directory.hierarchy.unified && !directory.is_inherited;
    slots.push_back(is_ours ? add_directory(i, config, builder) : kNoSlot);
  }
  return slots;
}

void compile_cgroup_entry(const spec::Config& config, const Slots& cgroup_fds, Builder& builder) {
  for (std::size_t i = 0; i < cgroup_fds.size(); ++i) {
    if (cgroup_fds[i] != kNoSlot) add_entry(Side::Child, cgroup_fds[i], i, config, builder);
  }
}

void compile_cgroup_limits(const spec::Config& config, Builder& builder) {
  add_writes(When::DuringClone, config, builder);
  if (!builder.plan.cgroup.device_program.empty()) builder.add(LoadDeviceRules{}, kDeviceRules);
}

void compile_device_rules(const spec::Config& config, Builder& builder) {
  add_writes(When::WithDevices, config, builder);
  if (!builder.plan.cgroup.device_program.empty()) {
    builder.add(AttachDeviceRules{}, kDeviceRules);
  }
}

void compile_cgroup_completion(const spec::Config& config, Builder& builder) {
  add_writes(When::Ready, config, builder);
  const auto& scope = builder.plan.cgroup.scope;
  if (!scope || scope->late_properties.empty()) return;
  builder.add(CompleteScope{.unit = builder.text(scope->name.unit)}, "/linux/resources");
}

}  // namespace berth::plan
