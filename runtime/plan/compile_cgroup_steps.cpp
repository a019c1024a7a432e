#include <cstddef>
#include <optional>

#include "runtime/plan/compile_process.h"

namespace berth::plan {

namespace {

constexpr char kDevices[] = "devices";

const char* origin_of_path(const spec::Config& config) {
  return config.linux.cgroups_path.empty() ? "" : "/linux/cgroupsPath";
}

enum class Writes { Limits, Devices };

void add_writes(Writes which, Builder& builder) {
  const std::vector<CgroupWrite>& writes = builder.plan.cgroup.writes;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if ((writes[i].controller == kDevices) != (which == Writes::Devices)) continue;
    Step& step = builder.host_step(Op::CgroupWrite, writes[i].origin);
    step.text[0] = builder.text(writes[i].file);
    step.text[1] = builder.text(writes[i].value);
    step.number[0] = i;
  }
}

/// Makes one directory and opens the way in; the slot.
std::int32_t add_directory(std::size_t number, const spec::Config& config, Builder& builder) {
  const std::int32_t slot = builder.new_slot();
  for (const Op op : {Op::MakeCgroup, Op::OpenCgroup}) {
    Step& step = builder.host_step(op, origin_of_path(config));
    step.text[0] = builder.text(builder.plan.cgroup.directories[number].path);
    step.number[0] = number;
    if (op == Op::OpenCgroup) step.slot = slot;
  }
  return slot;
}

void add_entry(Side side, std::int32_t slot, std::size_t number, const spec::Config& config,
               Builder& builder) {
  const CgroupDirectory& directory = builder.plan.cgroup.directories[number];
  Step& step = builder.add(side, Op::EnterCgroup, origin_of_path(config));
  step.slot = slot;
  step.text[0] = builder.text(directory.path);
  step.number[0] = directory.hierarchy.unified ? 1 : 0;
}

std::optional<std::size_t> find_unified(const Builder& builder) {
  const auto& directories = builder.plan.cgroup.directories;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (directories[i].hierarchy.unified) return i;
  }
  return std::nullopt;
}

}  // namespace

std::int32_t compile_birthplace(const spec::Config& config, Builder& builder) {
  const auto number = find_unified(builder);
  return number ? add_directory(*number, config, builder) : kNoSlot;
}

std::int32_t compile_birth(const spec::Config& config, std::int32_t birthplace, Builder& builder) {
  // Once another user namespace is joined, the privilege to have a child born there is gone.
  if (birthplace == kNoSlot || !has_joined_namespace(config, "user")) return birthplace;
  add_entry(Side::Prologue, birthplace, *find_unified(builder), config, builder);
  return kNoSlot;
}

Slots compile_cgroup_directories(const spec::Config& config, Builder& builder) {
  Slots slots;
  for (std::size_t i = 0; i < builder.plan.cgroup.directories.size(); ++i) {
    const bool unified = builder.plan.cgroup.directories[i].hierarchy.unified;
    slots.push_back(unified ? kNoSlot : add_directory(i, config, builder));
  }
  return slots;
}

void compile_cgroup_entry(const spec::Config& config, const Slots& entrances, Builder& builder) {
  for (std::size_t i = 0; i < entrances.size(); ++i) {
    if (entrances[i] != kNoSlot) add_entry(Side::Child, entrances[i], i, config, builder);
  }
}

void compile_cgroup_limits(Builder& builder) { add_writes(Writes::Limits, builder); }

void compile_device_rules(Builder& builder) {
  add_writes(Writes::Devices, builder);
  if (!builder.plan.cgroup.device_program.empty()) {
    builder.host_step(Op::AttachDeviceRules, "/linux/resources/devices");
  }
}

}  // namespace berth::plan
