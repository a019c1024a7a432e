#include "runtime/compile/cgroup/cgroup_steps.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/namespaces/config_namespaces.h"

namespace berth::plan {

namespace {

constexpr char kDevices[] = "devices";

/// The property that asked for this place. In a delegated cgroup it may be a limit.
std::string origin_of_path(const spec::Config& config, const CgroupDirectory& directory,
                           const Builder& builder) {
  if (!config.linux.cgroups_path.empty()) return "/linux/cgroupsPath";
  const auto& writes = builder.plan.cgroup.writes;
  const auto limit = std::ranges::find_if(writes, [&](const CgroupWrite& write) {
    return builder.host.cgroups.is_delegated && directory.hierarchy.has(write.controller);
  });
  return limit == writes.end() ? "" : limit->origin;
}

/// Warns of what the config asks for and berth leaves undone for lack of privilege.
void warn_of_losses(const spec::Config& config, Builder& builder) {
  const CgroupLayout& layout = builder.host.cgroups;
  if (!layout.limits_devices && config.linux.resources &&
      !config.linux.resources->devices.empty()) {
    builder.warn(
        "/linux/resources/devices",
        "the kernel takes no device rules from this caller; in a user namespace no device can be "
        "made, and those of the host are as far away as before");
  }
  const auto& directories = builder.plan.cgroup.directories;
  const bool has_none =
      layout.is_delegated &&
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
      !takes_zero_pids_for_none(config)) {
    builder.warn("/linux/resources/pids/limit",
                 "since version 1.3.0 of the specification 0 is a limit, under which a container "
                 "can fork nothing; -1 is none");
  }
}

enum class Writes { Limits, Devices };

void add_writes(Writes which, Builder& builder) {
  const std::vector<CgroupWrite>& writes = builder.plan.cgroup.writes;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if ((writes[i].controller == kDevices) != (which == Writes::Devices)) continue;
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

std::optional<std::size_t> find_unified(const Builder& builder) {
  const auto& directories = builder.plan.cgroup.directories;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (directories[i].hierarchy.unified && !directories[i].is_inherited) return i;
  }
  return std::nullopt;
}

}  // namespace

Slot compile_initial_cgroup(const spec::Config& config, Builder& builder) {
  const auto number = find_unified(builder);
  return number ? add_directory(*number, config, builder) : kNoSlot;
}

Slot compile_initial_cgroup_entry(const spec::Config& config, Slot initial_cgroup,
                                  Builder& builder) {
  // A process that has joined another user namespace may not clone into this cgroup, so the
  // prologue enters it before.
  if (initial_cgroup == kNoSlot || !has_joined_namespace(config, "user")) return initial_cgroup;
  add_entry(Side::Prologue, initial_cgroup, *find_unified(builder), config, builder);
  return kNoSlot;
}

Slots compile_cgroup_directories(const spec::Config& config, Builder& builder) {
  Slots slots;
  warn_of_losses(config, builder);
  warn_of_zero_pids(config, builder);
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

void compile_cgroup_limits(Builder& builder) { add_writes(Writes::Limits, builder); }

void compile_device_rules(Builder& builder) {
  add_writes(Writes::Devices, builder);
  if (!builder.plan.cgroup.device_program.empty()) {
    builder.add(AttachDeviceRules{}, "/linux/resources/devices");
  }
}

}  // namespace berth::plan
