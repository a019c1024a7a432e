// Steps of the host about the control groups of a container, and about systemd's scope.
#pragma once

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

/// `directory` is an index into CgroupPlan::directories.
struct MakeCgroup {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
  static constexpr bool kOutlivesBerth = true;
  Text path;
  std::uint32_t directory;
};
void describe(auto& v, const MakeCgroup& step) {
  v.step("make_cgroup", "make the cgroup '{path}'");
  v("path", step.path);
  v("directory", step.directory);
}

/// systemd starts CgroupPlan::scope with init in it. Init's first process makes the others, so all
/// of them are born in the scope.
struct StartScope {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kOutlivesBerth = true;
  Text unit;
  std::uint32_t directory;
};
void describe(auto& v, const StartScope& step) {
  v.step("start_scope", "let systemd start '{unit}'");
  v("unit", step.unit);
  v("directory", step.directory);
}

/// Opens the file through which a process enters: `tasks` (v1), or the directory itself (v2).
struct OpenCgroup {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
  Text path;
  std::uint32_t directory;
  FilledSlot to = {};
};
void describe(auto& v, const OpenCgroup& step) {
  v.step("open_cgroup", "open the cgroup '{path}'");
  v("path", step.path);
  v("directory", step.directory);
  v("to", step.to);
}

/// Makes a user the owner of the v2 cgroup and of those of its files that the kernel delegates. The
/// id is the host's.
struct GiveCgroup {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
  Text path;
  std::uint32_t directory;
  std::uint32_t owner;
};
void describe(auto& v, const GiveCgroup& step) {
  v.step("give_cgroup", "give the cgroup '{path}' to user {owner}");
  v("path", step.path);
  v("directory", step.directory);
  v("owner", step.owner);
}

/// `number` is an index into CgroupPlan::writes.
struct WriteCgroupFile {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
  Text file;
  Text value;
  std::uint32_t number;
};
void describe(auto& v, const WriteCgroupFile& step) {
  v.step("write_cgroup_file", "write '{value}' to '{file}'");
  v("file", step.file);
  v("value", step.value);
  v("number", step.number);
}

/// Loads CgroupPlan::device_program: the kernel verifies it while init runs.
struct LoadDeviceRules {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
};
void describe(auto& v, const LoadDeviceRules&) {
  v.step("load_device_rules", "load the device rules");
}

struct AttachDeviceRules {
  static constexpr Side kSide = Side::Host;
};
void describe(auto& v, const AttachDeviceRules&) {
  v.step("attach_device_rules", "attach the device rules");
}

/// Sets the properties of the scope that would have been in init's way.
struct CompleteScope {
  static constexpr Side kSide = Side::Host;
  Text unit;
};
void describe(auto& v, const CompleteScope& step) {
  v.step("complete_scope", "let systemd set the last limits of '{unit}'");
  v("unit", step.unit);
}

using CgroupSteps = List<MakeCgroup, StartScope, OpenCgroup, GiveCgroup, WriteCgroupFile,
                         LoadDeviceRules, AttachDeviceRules, CompleteScope>;

}  // namespace berth::plan
