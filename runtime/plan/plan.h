// A Plan: everything that is going to happen to make one container, as data. compile() decides and
// makes no system call with an effect; runtime/launch and runtime/init carry it out, step by step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/process/scheduler.h"
#include "runtime/plan/cgroup_plan.h"
#include "runtime/plan/rdt.h"
#include "runtime/plan/seccomp.h"
#include "runtime/plan/steps/steps.h"
#include "spec/config/config.h"

namespace berth::plan {

struct Plan {
  std::vector<Step> steps;                  ///< in the order of compile/order.cpp
  std::string text = std::string(1, '\0');  ///< NUL-terminated texts and aligned arrays, by offset
  std::int32_t slot_count = 0;
  CgroupPlan cgroup;
  std::optional<SeccompFilter> seccomp;
  std::optional<SeccompAgent> seccomp_agent;  ///< receives the listener
  RdtPlan rdt;
  sys::Scheduler scheduler;  ///< of the program, if there is a SetScheduler step
  std::shared_ptr<const spec::Config> exec_config;  ///< what exec needs, for a KeepConfig step
  spec::Hooks hooks;                                ///< RunHostHook names one by list and number
  std::vector<std::string> warnings;                ///< `POINTER: what was not done and why`

  const char* text_at(Text place) const { return text.data() + place.offset; }
};

}  // namespace berth::plan
