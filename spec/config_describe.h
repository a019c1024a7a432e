// config.json, chapter by chapter of config.md: the JSON name, field and rule of every property,
// once, for reading, writing and whatever else walks a config. spec/json.h says how a describe() is
// read. Here is form alone: what can be said of a value without knowing the host.
// The linux section is in config_describe_linux.h.
#pragma once

#include "spec/config.h"
#include "spec/config_describe_linux.h"
#include "spec/rules.h"

namespace berth::spec {

// ---- root, mounts ---------------------------------------------------------------------------

void describe(auto& v, Root& root) {
  v.required("path", root.path, kNotEmpty);
  v.optional("readonly", root.readonly);
}

void describe(auto& v, Mount& mount) {
  v.required("destination", mount.destination, kNotEmpty);
  v.optional("type", mount.type);
  v.optional("source", mount.source);
  v.optional("options", mount.options);
  v.optional("uidMappings", mount.uid_mappings);
  v.optional("gidMappings", mount.gid_mappings);
  // MT-7
  v.check("uidMappings", "gidMappings", !mount.uid_mappings.empty() || mount.gid_mappings.empty(),
          "an array, as there are 'gidMappings'");
  v.check("gidMappings", "uidMappings", !mount.gid_mappings.empty() || mount.uid_mappings.empty(),
          "an array, as there are 'uidMappings'");
}

// ---- process --------------------------------------------------------------------------------

void describe(auto& v, ConsoleSize& size) {
  v.required("height", size.height);
  v.required("width", size.width);
}

/// getrlimit(2)
inline constexpr Words kRlimitTypes{
    "RLIMIT_AS RLIMIT_CORE RLIMIT_CPU RLIMIT_DATA RLIMIT_FSIZE RLIMIT_LOCKS RLIMIT_MEMLOCK "
    "RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_NOFILE RLIMIT_NPROC RLIMIT_RSS RLIMIT_RTPRIO "
    "RLIMIT_RTTIME RLIMIT_SIGPENDING RLIMIT_STACK"};

void describe(auto& v, Rlimit& rlimit) {
  v.required("type", rlimit.type, kRlimitTypes);
  v.required("soft", rlimit.soft);
  v.required("hard", rlimit.hard);
  v.check("soft", "hard", rlimit.soft <= rlimit.hard, "at most 'hard'");
}

/// Unknown capabilities are a warning, not an error (PR-CAP-1): any word passes here.
void describe(auto& v, Capabilities& capabilities) {
  v.optional("bounding", capabilities.bounding);
  v.optional("effective", capabilities.effective);
  v.optional("inheritable", capabilities.inheritable);
  v.optional("permitted", capabilities.permitted);
  v.optional("ambient", capabilities.ambient);
}

/// sched(7)
inline constexpr Words kSchedulerPolicies{
    "SCHED_OTHER SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_ISO SCHED_IDLE SCHED_DEADLINE"};
inline constexpr Words kSchedulerFlags{
    "SCHED_FLAG_RESET_ON_FORK SCHED_FLAG_RECLAIM SCHED_FLAG_DL_OVERRUN SCHED_FLAG_KEEP_POLICY "
    "SCHED_FLAG_KEEP_PARAMS SCHED_FLAG_UTIL_CLAMP_MIN SCHED_FLAG_UTIL_CLAMP_MAX"};

void describe(auto& v, Scheduler& scheduler) {
  v.required("policy", scheduler.policy, kSchedulerPolicies);
  v.optional("nice", scheduler.nice, Range{-20, 19});
  v.optional("priority", scheduler.priority, Range{0, 99});
  v.optional("flags", scheduler.flags, kSchedulerFlags);
  v.optional("runtime", scheduler.runtime);
  v.optional("deadline", scheduler.deadline);
  v.optional("period", scheduler.period);
}

/// ioprio_set(2)
inline constexpr Words kIoPriorityClasses{"IOPRIO_CLASS_RT IOPRIO_CLASS_BE IOPRIO_CLASS_IDLE"};

void describe(auto& v, IoPriority& io) {
  v.required("class", io.class_name, kIoPriorityClasses);
  v.required("priority", io.priority, Range{0, 7});
}

void describe(auto& v, CpuAffinity& affinity) {
  v.optional("initial", affinity.initial, kNumberList);
  v.optional("final", affinity.final_set, kNumberList);
}

void describe(auto& v, User& user) {
  v.required("uid", user.uid, kId);
  v.required("gid", user.gid, kId);
  v.optional("umask", user.umask, Range{0, 0777});
  v.optional("additionalGids", user.additional_gids, kId);
}

void describe(auto& v, Process& process) {
  v.optional("terminal", process.terminal);
  v.optional("consoleSize", process.console_size);
  v.optional("user", process.user);
  v.required("args", process.args);
  v.check("args", !process.args.empty(), "at least the program");
  v.optional("env", process.env, kVariable);
  v.required("cwd", process.cwd, kAbsolutePath);
  v.optional("capabilities", process.capabilities);
  v.optional("rlimits", process.rlimits);
  v.unique("rlimits", process.rlimits, &Rlimit::type, "type");
  v.optional("noNewPrivileges", process.no_new_privileges);
  v.optional("apparmorProfile", process.apparmor_profile);
  v.optional("selinuxLabel", process.selinux_label);
  v.optional("oomScoreAdj", process.oom_score_adj, Range{-1000, 1000});
  v.optional("scheduler", process.scheduler);
  v.optional("ioPriority", process.io_priority);
  v.optional("execCPUAffinity", process.exec_cpu_affinity);
}

// ---- hooks ----------------------------------------------------------------------------------

void describe(auto& v, Hook& hook) {
  v.required("path", hook.path, kAbsolutePath);
  v.optional("args", hook.args);
  v.optional("env", hook.env, kVariable);
  v.optional("timeout", hook.timeout, kPositive);
}

void describe(auto& v, Hooks& hooks) {
  v.optional("prestart", hooks.prestart);
  v.optional("createRuntime", hooks.create_runtime);
  v.optional("createContainer", hooks.create_container);
  v.optional("startContainer", hooks.start_container);
  v.optional("poststart", hooks.poststart);
  v.optional("poststop", hooks.poststop);
}

// ---- the document ---------------------------------------------------------------------------

void describe(auto& v, Config& config) {
  v.required("ociVersion", config.oci_version, kVersion1);
  v.optional("process", config.process);
  v.required("root", config.root);
  v.optional("hostname", config.hostname, kHostName);
  v.optional("domainname", config.domainname, kHostName);
  v.optional("mounts", config.mounts);
  v.optional("hooks", config.hooks);
  v.optional("annotations", config.annotations, kNotEmpty);
  v.optional("linux", config.linux);
}

}  // namespace berth::spec
