// The order of an exec: a line for each phase, with the reason why it cannot move. As in order.cpp,
// the steps of a phase are in its chapter.

#include "runtime/compile/exec.h"

#include <linux/sched.h>

#include <algorithm>
#include <utility>

#include "runtime/compile/annotations.h"
#include "runtime/compile/builder.h"
#include "runtime/compile/cgroup/rdt_steps.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/compile/process/labels.h"
#include "runtime/compile/process/limits.h"
#include "runtime/compile/process/policy.h"
#include "runtime/compile/process/process.h"
#include "runtime/compile/seccomp/seccomp.h"
#include "spec/config/config.h"

namespace berth::plan {

namespace {

/// What the host opens for the other phases.
struct Opened {
  Slot process;
  Slot root;  ///< only if the container's root is not that of its mount namespace
  Slot proc;  ///< only if there is a label to set
  Slot console;
  Slot seccomp;
  std::vector<std::pair<std::string, Slot>> tasks;  ///< v1 cgroups
};

/// The path of one of the first process's files in /proc. It is opened after the handle of the
/// process, and used only if that still exists: then the pid was its own all the time.
std::string proc_path(const ExecRequest& request, std::string_view file) {
  return "/proc/" + std::to_string(request.pid) + "/" + std::string(file);
}

/// For the chapters, the namespaces of a container are joined by path.
void name_namespaces(const ExecRequest& request, spec::Config& config) {
  config.linux.namespaces.clear();
  for (const auto& [word, flag] : spec::kNamespaceRows) {
    if ((request.namespaces & flag) == 0) continue;
    config.linux.namespaces.push_back(
        {.type = std::string(word), .path = proc_path(request, "ns")});
  }
}

Opened compile_opened(const spec::Config& config, const ExecRequest& request, Builder& builder) {
  Opened opened;
  // First, so that a later process with its pid is not taken for it. Where the kernel has inodes of
  // processes, berth need not read the start time again.
  const std::uint64_t start_time = request.inode == 0 ? request.start_time : 0;
  opened.process = builder.fill(OpenProcess{.pid = static_cast<std::uint32_t>(request.pid),
                                            .start_time = start_time,
                                            .inode = request.inode},
                                "");
  if (request.is_chrooted) {
    const std::string path = proc_path(request, "root");
    opened.root = builder.fill(OpenDirectory{.path = builder.text(path)}, "");
  }
  if (has_labels(config, builder.host)) {
    opened.proc = builder.fill(OpenDirectory{.path = builder.text("/proc")}, "");
  }
  opened.console = compile_console_source(config, builder);
  opened.seccomp = compile_kept_filter(config, builder);
  for (const ExecCgroup& cgroup : request.cgroups) {
    if (cgroup.is_unified) continue;
    opened.tasks.push_back(
        {cgroup.path, builder.fill(FindCgroup{.path = builder.text(cgroup.path)}, "")});
  }
  return opened;
}

/// init is born in the v2 cgroup. In the others it enters by itself: a pid that is written from
/// outside waits for a grace period of the whole kernel.
void compile_birth(const spec::Config& config, const ExecRequest& request, Builder& builder) {
  const auto unified = std::ranges::find_if(
      request.cgroups, [](const ExecCgroup& cgroup) { return cgroup.is_unified; });
  const bool has_unified = unified != request.cgroups.end();
  const auto& affinity = config.process->exec_cpu_affinity;
  if (affinity) compile_initial_affinity(affinity->initial, builder);
  builder.add(StartInit{.cgroup = has_unified ? builder.text(unified->path) : Text{}}, "");
}

void compile_cgroup_entries(const Opened& opened, Builder& builder) {
  for (const auto& [path, slot] : opened.tasks) {
    builder.add(EnterCgroup{.path = builder.text(path), .cgroup = slot, .is_unified = false}, "");
  }
}

/// The host sets limits while init waits: it may write to init's files in /proc then, for which a
/// caller without privilege needs init's leave, and init is done with its own limit of core files.
void compile_limits(const spec::Config& config, Builder& builder) {
  const auto& oom_score_adj = config.process->oom_score_adj;
  const bool has_limits = oom_score_adj || !config.process->rlimits.empty();
  const bool opens_proc = !builder.host.is_privileged && has_limits;
  compile_rdt_entry(builder);
  if (opens_proc || raises_limits(config, builder.host)) {
    builder.add(Synchronize{.sync = Sync::UserReady, .opens_proc = {opens_proc}}, "");
  }
  if (opens_proc) compile_oom_score_adj(config, builder);
  compile_hard_limits(config, builder);
  if (opens_proc || !oom_score_adj) return;
  builder.add(SetOwnOomScoreAdj{.value = builder.text(std::to_string(*oom_score_adj))},
              "/process/oomScoreAdj");
}

void compile_join(const spec::Config& config, const Opened& opened, const ExecRequest& request,
                  Builder& builder) {
  // In the container's user namespace setgroups(2) may be denied, and the caller's groups must not
  // come along, unless the config asks for them.
  const bool has_user_namespace = has_own_namespace(config, "user");
  const bool keeps = keeps_groups(config);
  if (has_user_namespace && !keeps) builder.add(SetGroups{.refusal = Errors::Tolerate}, "");
  builder.add(JoinContainer{.namespaces = {request.namespaces}, .process = opened.process}, "");
  if (opened.root != kNoSlot) {
    builder.add(UseRoot{.directory = opened.root}, "");
    builder.add(EnterRoot{.entry = Entry::Chroot}, "");
  }
  if (has_user_namespace) builder.add(BecomeNamespaceRoot{.keeps_groups = keeps}, "");
}

void compile_labels_of_exec(const spec::Config& config, const Opened& opened, Builder& builder) {
  if (opened.proc != kNoSlot) builder.add(OpenProc{.of_host = opened.proc}, "");
  compile_labels(config, builder);
  if (opened.proc != kNoSlot) builder.add(CloseProc{}, "");
}

/// Everything until the process may be seen by those of the container.
void compile_setup(const spec::Config& config, const Opened& opened, const ExecRequest& request,
                   const CapabilityMasks& masks, Builder& builder) {
  const auto& affinity = config.process->exec_cpu_affinity;
  // They take the host's privilege.
  compile_limits(config, builder);
  // Before anything of the container is used.
  compile_cgroup_entries(opened, builder);
  // The process that passes the listener on has privilege, so it starts outside: no process of the
  // container may see it.
  if (builder.plan.seccomp_agent && is_filtered_while_waiting(config, masks)) {
    builder.add(StartHandOver{}, "/linux/seccomp");
  }
  // Beyond this point no host path exists.
  compile_join(config, opened, request, builder);
  // A session must exist before a terminal, which is made in the container's own devpts.
  compile_session(config, opened.proc, builder);
  compile_terminal(config, opened.console, false, builder);
  compile_streams(config, builder);
  // The rest is as in create: see order.cpp.
  compile_labels_of_exec(config, opened, builder);
  if (!affinity) builder.add(SetAffinity{}, "");
  if (affinity) compile_final_affinity(affinity->final_set, builder);
  compile_policies(config, builder);
  compile_closing(builder);
  compile_identity(config, masks, builder);
  compile_find_program(config, builder);
}

/// Init gives its place to a fork in the container's pid namespace, which has no more privilege
/// than the program.
void compile_succession(const spec::Config& config, const Opened& opened,
                        const CapabilityMasks& masks, Builder& builder) {
  compile_rlimits(config, builder);
  compile_seccomp(config, opened.seccomp, masks, SeccompTime::BeforeWait, builder);
  compile_fork(config, builder);
}

/// The process in which everything is set up does not enter the container's pid namespace. The fork
/// there is its last act.
void compile_start(const spec::Config& config, const Opened& opened, const CapabilityMasks& masks,
                   Builder& builder) {
  // From here on init does not end with berth: it becomes a process of the container, or reports an
  // error and ends; a fork that cannot report itself to berth ends, too. Init need not wait if
  // berth has nothing left to do for it, and hears from it later: without a report of a fork, berth
  // could not tell an init that was killed while it began from a program that has ended.
  const bool forks = has_joined_namespace(config, "pid");
  // The fork of a process with a scheduler may not get it, or fail. sched(7)
  const bool is_early = forks && config.process->scheduler;
  if (is_early) compile_succession(config, opened, masks, builder);
  if (forks && !is_early) {
    builder.add(OutliveBerth{}, "");
  } else {
    builder.add(Synchronize{.sync = Sync::Ready}, "");
    compile_scheduler(config, builder);
  }
  builder.add(WaitForStart{}, "");
  if (!is_early) compile_succession(config, opened, masks, builder);
  compile_seccomp(config, opened.seccomp, masks, SeccompTime::Last, builder);
  compile_program(config, builder);
}

}  // namespace

Plan compile_exec(spec::Config&& config, const ExecRequest& request, const Host& host,
                  Problems& problems) {
  constexpr std::size_t kUsual = 32;
  Builder builder(host, request, problems, kUsual);
  name_namespaces(request, config);
  compile_rdt_place(config, builder);
  const Opened opened = compile_opened(config, request, builder);
  compile_birth(config, request, builder);
  const CapabilityMasks masks = compile_capabilities(config, builder);
  compile_setup(config, opened, request, masks, builder);
  compile_start(config, opened, masks, builder);
  return builder.take();
}

}  // namespace berth::plan
