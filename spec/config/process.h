// The program, and what its process has: config.md. See config.h.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/config/forms.h"
#include "spec/config/strings.h"
#include "spec/json/rules.h"

namespace berth::spec {

struct ConsoleSize {
  std::uint32_t height = 0;  ///< rows, in characters
  std::uint32_t width = 0;   ///< columns, in characters
};

void describe(auto& v, ConsoleSize& size) {
  v.required("height", size.height);
  v.required("width", size.width);
}

/// getrlimit(2)
inline constexpr WordValue kRlimitRows[] = {
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
};
inline constexpr WordTable kRlimitTypes{kRlimitRows};

struct Rlimit {
  std::string type;  ///< RLIMIT_NOFILE, …
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

void describe(auto& v, Rlimit& rlimit) {
  v.required("type", rlimit.type, kRlimitTypes);
  v.required("soft", rlimit.soft);
  v.required("hard", rlimit.hard);
  v.check("soft", "hard", rlimit.soft <= rlimit.hard, "at most 'hard'");
}

/// The five sets; an absent set is empty.
struct Capabilities {
  Strings bounding;
  Strings effective;
  Strings inheritable;
  Strings permitted;
  Strings ambient;
};

/// An unknown capability is a warning rather than an error (PR-CAP-1), so any word is accepted
/// here.
void describe(auto& v, Capabilities& capabilities) {
  v.optional("bounding", capabilities.bounding);
  v.optional("effective", capabilities.effective);
  v.optional("inheritable", capabilities.inheritable);
  v.optional("permitted", capabilities.permitted);
  v.optional("ambient", capabilities.ambient);
}

/// sched(7). The headers of the C libraries lack SCHED_ISO and SCHED_DEADLINE.
inline constexpr WordValue kSchedulerPolicyRows[] = {
    {"SCHED_OTHER", 0}, {"SCHED_FIFO", 1}, {"SCHED_RR", 2},       {"SCHED_BATCH", 3},
    {"SCHED_ISO", 4},   {"SCHED_IDLE", 5}, {"SCHED_DEADLINE", 6},
};
inline constexpr WordTable kSchedulerPolicies{kSchedulerPolicyRows};

/// sched_setattr(2)
inline constexpr WordValue kSchedulerFlagRows[] = {
    {"SCHED_FLAG_RESET_ON_FORK", 0x01},  {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_DL_OVERRUN", 0x04},     {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
};
inline constexpr WordTable kSchedulerFlags{kSchedulerFlagRows};

struct Scheduler {
  std::string policy;
  std::optional<std::int32_t> nice;
  std::optional<std::int32_t> priority;
  Strings flags;
  std::optional<std::uint64_t> runtime;   ///< nanoseconds
  std::optional<std::uint64_t> deadline;  ///< nanoseconds
  std::optional<std::uint64_t> period;    ///< nanoseconds
};

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
inline constexpr WordValue kIoPriorityRows[] = {
    {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}};
inline constexpr WordTable kIoPriorityClasses{kIoPriorityRows};

struct IoPriority {
  std::string class_name;  ///< `class` in JSON
  std::int32_t priority = 0;
};

void describe(auto& v, IoPriority& io) {
  v.required("class", io.class_name, kIoPriorityClasses);
  v.required("priority", io.priority, Range{0, 7});
}

struct CpuAffinity {
  std::optional<std::string> initial;
  std::optional<std::string> final_set;  ///< `final` in JSON
};

void describe(auto& v, CpuAffinity& affinity) {
  v.optional("initial", affinity.initial, kNumberList);
  v.optional("final", affinity.final_set, kNumberList);
}

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> umask;
  std::vector<std::uint32_t> additional_gids;
};

void describe(auto& v, User& user) {
  v.required("uid", user.uid, kId);
  v.required("gid", user.gid, kId);
  v.optional("umask", user.umask, Range{0, 0777});
  v.optional("additionalGids", user.additional_gids, kId);
}

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  std::string cwd;
  Strings env;
  Strings args;
  std::vector<Rlimit> rlimits;
  std::optional<std::string> apparmor_profile;
  std::optional<Capabilities> capabilities;
  bool no_new_privileges = false;
  std::optional<std::int32_t> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::optional<std::string> selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<CpuAffinity> exec_cpu_affinity;
  User user;
};

inline constexpr Clause kSomeArgs{R"("properties": {"args": {"minItems": 1}})"};

void describe(auto& v, Process& process) {
  v.optional("terminal", process.terminal);
  v.optional("consoleSize", process.console_size);
  v.optional("user", process.user);
  v.required("args", process.args);
  v.check("args", !process.args.empty(), "at least the program", kSomeArgs);
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

}  // namespace berth::spec
