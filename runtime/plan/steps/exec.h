// Steps of the host for exec, and those with which create keeps what exec needs.
#pragma once

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

// ---- exec, before the image is sent ----------------------------------------------------------

/// Opens a handle of a container's first process, for exec. It has to be the one that started at
/// that time: see store::Process.
struct OpenProcess {
  static constexpr Side kSide = Side::Host;
  std::uint32_t pid;
  std::uint64_t start_time;
  std::uint64_t inode;
  FilledSlot to = {};
};
void describe(auto& v, const OpenProcess& step) {
  v.step("open_process", "open the container's first process, {pid}");
  v("pid", step.pid);
  v("start_time", step.start_time);
  v("inode", step.inode);
  v("to", step.to);
}

/// Opens the filter that KeepFilter has kept, for exec.
struct OpenKeptFilter {
  static constexpr Side kSide = Side::Host;
  FilledSlot to = {};
};
void describe(auto& v, const OpenKeptFilter& step) {
  v.step("open_kept_filter", "open the container's seccomp filter");
  v("to", step.to);
}

/// Opens the `tasks` of a v1 cgroup that exists, for exec.
struct FindCgroup {
  static constexpr Side kSide = Side::Host;
  Text path;
  FilledSlot to = {};
};
void describe(auto& v, const FindCgroup& step) {
  v.step("find_cgroup", "find the cgroup '{path}'");
  v("path", step.path);
  v("to", step.to);
}

/// berth runs on these processors alone until it has started init, which inherits that. 32 in each
/// number of the mask.
struct PinBerth {
  static constexpr Side kSide = Side::Host;
  Text processors;
  NumberList mask;
};
void describe(auto& v, const PinBerth& step) {
  v.step("pin_berth", "start it on the processors '{processors}'");
  v("processors", step.processors);
  v("mask", step.mask);
}

/// Starts init for exec, in a v2 cgroup unless the path is empty. It needs no prologue: it is
/// already the process that sets everything up.
struct StartInit {
  static constexpr Side kSide = Side::Host;
  Text cgroup;
};
void describe(auto& v, const StartInit& step) {
  v.step("start_init", "start init[ in the cgroup '{cgroup}']");
  v("cgroup", step.cgroup);
}

// ---- create, while init runs ------------------------------------------------------------------

/// Writes Plan::exec_config to the state directory: what exec needs of the configuration.
struct KeepConfig {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
};
void describe(auto& v, const KeepConfig&) {
  v.step("keep_config", "keep the configuration for exec");
}

/// Writes the filter to the state directory, so that exec need not compile it.
struct KeepFilter {
  static constexpr Side kSide = Side::Host;
  static constexpr bool kNeedsChild = false;
  Slot filter;
};
void describe(auto& v, const KeepFilter& step) {
  v.step("keep_filter", "keep the seccomp filter for exec");
  v("filter", step.filter);
}

using ExecSteps =
    List<OpenProcess, OpenKeptFilter, FindCgroup, PinBerth, StartInit, KeepConfig, KeepFilter>;

}  // namespace berth::plan
