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

}  // namespace

Slots compile_cgroup_directories(const spec::Config& config, Builder& builder) {
  Slots slots;
  for (const CgroupDirectory& directory : builder.plan.cgroup.directories) {
    const std::size_t number = slots.size();
    slots.push_back(builder.new_slot());
    for (const Op op : {Op::MakeCgroup, Op::OpenCgroup}) {
      Step& step = builder.host_step(op, origin_of_path(config));
      step.text[0] = builder.text(directory.path);
      step.number[0] = number;
      if (op == Op::OpenCgroup) step.slot = slots.back();
    }
  }
  return slots;
}

std::int32_t compile_cgroup_entry(const spec::Config& config, const Slots& entrances,
                                  Builder& builder) {
  // Once another user namespace is joined, the privilege to have a child born there is gone.
  const bool joins_user = has_joined_namespace(config, "user");
  std::int32_t birthplace = kNoSlot;
  for (std::size_t i = 0; i < entrances.size(); ++i) {
    const CgroupDirectory& directory = builder.plan.cgroup.directories[i];
    const bool unified = directory.hierarchy.unified;
    if (unified && !joins_user) {
      birthplace = entrances[i];
      continue;
    }
    Step& step = builder.prologue(Op::EnterCgroup, origin_of_path(config));
    step.slot = entrances[i];
    step.text[0] = builder.text(directory.path);
    step.number[0] = unified ? 1 : 0;
  }
  return birthplace;
}

void compile_cgroup_limits(Builder& builder) { add_writes(Writes::Limits, builder); }

void compile_device_rules(Builder& builder) {
  add_writes(Writes::Devices, builder);
  if (!builder.plan.cgroup.device_program.empty()) {
    builder.host_step(Op::AttachDeviceRules, "/linux/resources/devices");
  }
}

}  // namespace berth::plan
