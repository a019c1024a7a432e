// Steps of init about the process that becomes the program: its identity, its privilege, and the
// final execve(2).
#pragma once

#include <cerrno>

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

// ---- labels and policies --------------------------------------------------------------------

/// `file` is relative to /proc/self. A security module reads `label` from it.
struct SetLabel {
  Text file;
  Text label;
};
void describe(auto& v, const SetLabel& step) {
  v.step("set_label", "write[ '{label}' to] `/proc/self/{file}`");
  v("file", step.file);
  v("label", step.label);
  v.hint(ENOENT, "is the profile loaded?");
  v.hint(EINVAL, "the policy in the kernel has no such label");
}

/// personality(2)
struct SetPersonality {
  Text domain;
  std::uint32_t number;
};
void describe(auto& v, const SetPersonality& step) {
  v.step("set_personality", "set the personality to '{domain}'");
  v("domain", step.domain);
  v("number", step.number);
}

/// set_mempolicy(2): the mode with its flags, and a mask with 32 nodes in each number.
struct SetMemoryPolicy {
  Text mode;
  Text nodes;
  std::uint32_t mode_and_flags;
  NumberList mask;
};
void describe(auto& v, const SetMemoryPolicy& step) {
  v.step("set_memory_policy", "set the memory policy to '{mode}'[ of nodes '{nodes}']");
  v("mode", step.mode);
  v("nodes", step.nodes);
  v("mode_and_flags", step.mode_and_flags);
  v("mask", step.mask);
  v.hint(ENOSYS, "this kernel knows no memory policy");
  v.hint(EINVAL, "are the nodes there, do mode and flags go together?");
}

/// ioprio_set(2)
struct SetIoPriority {
  Text class_name;
  std::uint32_t class_number;
  std::uint32_t level;
};
void describe(auto& v, const SetIoPriority& step) {
  v.step("set_io_priority", "set the io priority to '{class}' {level}");
  v("class", step.class_name);
  v("class_number", step.class_number);
  v("level", step.level);
  v.hint(EPERM, "the class takes CAP_SYS_NICE, and no user namespace has it");
}

/// Allows every processor of the cpuset.
struct SetAffinity {};
void describe(auto& v, const SetAffinity&) {
  v.step("set_affinity", "let it run on every processor");
}

/// Allows these processors alone: 32 in each number of the mask.
struct PinToProcessors {
  Text processors;
  NumberList mask;
};
void describe(auto& v, const PinToProcessors& step) {
  v.step("pin_to_processors", "let it run on the processors '{processors}'");
  v("processors", step.processors);
  v("mask", step.mask);
}

// ---- descriptors and the working directory --------------------------------------------------

/// The program gets stdio and `passed_on` more descriptors, except those in `closed`, which the
/// caller had closed. Init closes all others except those that it still needs itself.
struct CloseDescriptors {
  std::uint32_t passed_on;
  NumberList closed;
};
void describe(auto& v, const CloseDescriptors& step) {
  v.step("close_descriptors", "close all descriptors but stdio and {passed_on} more");
  v("passed_on", step.passed_on);
  v("closed", step.closed);
}

/// chdir(2), unless an earlier step did it. If init is to make a missing directory, it gives it to
/// the owner.
struct ChangeDirectory {
  Text path;
  Owner owner;
  Errors refusal = Errors::Report;
  Flag makes_missing = {};
};
void describe(auto& v, const ChangeDirectory& step) {
  v.step("change_directory", "change to the directory '{path}'");
  v("path", step.path);
  v("owner", step.owner);
  v("refusal", step.refusal);
  v("makes_missing", step.makes_missing);
  v.hint(ELOOP, "the links of /proc/PID, as in '/proc/self/fd/3', lead nowhere");
}

// ---- credentials ----------------------------------------------------------------------------

struct SetBoundingSet {
  Capabilities kept;
};
void describe(auto& v, const SetBoundingSet& step) {
  v.step("set_bounding_set", "limit the capabilities to {kept}");
  v("kept", step.kept);
}

struct SetGroups {
  NumberList gids = {};
  Errors refusal = Errors::Report;
};
void describe(auto& v, const SetGroups& step) {
  v.step("set_groups", "set {#gids} additional groups");
  v("gids", step.gids);
  v("refusal", step.refusal);
  v.hint(EINVAL, "are all ids mapped in the user namespace?");
}

/// Permitted capabilities are kept. Pipes that are standard streams get the new owner.
struct SetIds {
  Owner user;
};
void describe(auto& v, const SetIds& step) {
  v.step("set_ids", "become the user {user}");
  v("user", step.user);
  v.hint(EINVAL, "is the id mapped in the user namespace?");
}

struct SetCapabilities {
  Capabilities permitted;
  Capabilities effective;
  Capabilities inheritable;
};
void describe(auto& v, const SetCapabilities& step) {
  v.step("set_capabilities",
         "set the capabilities: permitted {permitted}, effective {effective}, inheritable "
         "{inheritable}");
  v("permitted", step.permitted);
  v("effective", step.effective);
  v("inheritable", step.inheritable);
}

struct SetAmbient {
  Capabilities capabilities;
};
void describe(auto& v, const SetAmbient& step) {
  v.step("set_ambient", "set the ambient capabilities to {capabilities}");
  v("capabilities", step.capabilities);
}

struct SetNoNewPrivileges {};
void describe(auto& v, const SetNoNewPrivileges&) {
  v.step("set_no_new_privileges", "set no_new_privs");
}

struct SetUmask {
  Umask umask;
};
void describe(auto& v, const SetUmask& step) {
  v.step("set_umask", "set the umask to {umask}");
  v("umask", step.umask);
}

// ---- start ----------------------------------------------------------------------------------

/// The kernel no longer ends init when berth ends. A Synchronize at Ready does this, too.
struct OutliveBerth {};
void describe(auto& v, const OutliveBerth&) { v.step("outlive_berth", "no longer end with berth"); }

/// Init waits for a connection to the listening socket. Without a socket it does not wait: the
/// program of `run` and exec starts at once.
struct WaitForStart {
  static constexpr bool kIsMilestone = true;
  Slot socket;
};
void describe(auto& v, const WaitForStart& step) {
  v.step("wait_for_start", "wait for start");
  v("socket", step.socket);
}

/// From here on an end of file reports to `berth start` that execve(2) succeeded.
struct AnnounceProgram {};
void describe(auto& v, const AnnounceProgram&) {
  v.step("announce_program", "announce the program");
}

/// Runs a hook in the container's namespaces. Init inserts the pid into `state` at `pid_place`.
/// Without a timeout init waits for ever.
struct RunHook {
  Text path;
  TextList arguments;
  TextList variables;
  Text state;
  std::uint32_t pid_place;
  Milliseconds timeout;
};
void describe(auto& v, const RunHook& step) {
  v.step("run_hook", "run the hook '{path}'");
  v("path", step.path);
  v("arguments", step.arguments);
  v("variables", step.variables);
  v("state", step.state);
  v("pid_place", step.pid_place);
  v("timeout", step.timeout);
  v.hint(EAGAIN, "a process of SCHED_DEADLINE needs SCHED_FLAG_RESET_ON_FORK for hooks");
}

/// Restores the caller's soft limit of core files.
struct AllowCores {};
void describe(auto& v, const AllowCores&) {
  v.step("allow_cores", "allow core files as the caller does");
}

/// For exec, in the host's procfs. The host must not write it for an init that it has just started:
/// until its execve that shares berth's memory, and the kernel sets it for all who share a memory.
struct SetOwnOomScoreAdj {
  Text value;
};
void describe(auto& v, const SetOwnOomScoreAdj& step) {
  v.step("set_own_oom_score_adj", "set oom_score_adj to '{value}'");
  v("value", step.value);
}

struct SetRlimit {
  Text name;
  std::uint32_t resource;
  Limit soft;
  Limit hard;
};
void describe(auto& v, const SetRlimit& step) {
  v.step("set_rlimit", "set the limit '{name}' to {soft}:{hard}");
  v("name", step.name);
  v("resource", step.resource);
  v("soft", step.soft);
  v("hard", step.hard);
}

/// Starts the process that will pass the listener of LoadSeccomp to the host.
struct StartHandOver {};
void describe(auto& v, const StartHandOver&) {
  v.step("start_hand_over", "start what hands the listener over");
}

/// Loads the filter. A listener, if there is one, goes to the host.
struct LoadSeccomp {
  Slot filter;
  FilterFlags flags;
};
void describe(auto& v, const LoadSeccomp& step) {
  v.step("load_seccomp", "load the seccomp filter[ with {flags}]");
  v("filter", step.filter);
  v("flags", step.flags);
  v.hint(EACCES, "it takes CAP_SYS_ADMIN, or 'noNewPrivileges' in /process");
  v.hint(EBUSY, "there is a filter with a listener already, and only one can be");
}

/// Looks for the file in PATH. A step without arguments looks once more, with the arguments and
/// variables of the first.
struct FindProgram {
  Text file;
  TextList arguments = {};
  TextList variables = {};
};
void describe(auto& v, const FindProgram& step) {
  v.step("find_program", "find the program '{file}'");
  v("file", step.file);
  v("arguments", step.arguments);
  v("variables", step.variables);
}

/// Executes the file that FindProgram has found.
struct Execute {
  Text file;
};
void describe(auto& v, const Execute& step) {
  v.step("execute", "execute '{file}'");
  v("file", step.file);
}

using ProcessSteps =
    List<SetLabel, SetPersonality, SetMemoryPolicy, SetIoPriority, SetAffinity, PinToProcessors,
         CloseDescriptors, ChangeDirectory, SetBoundingSet, SetGroups, SetIds, SetCapabilities,
         SetAmbient, SetNoNewPrivileges, SetUmask, OutliveBerth, WaitForStart, AnnounceProgram,
         RunHook, AllowCores, SetOwnOomScoreAdj, SetRlimit, StartHandOver, LoadSeccomp, FindProgram,
         Execute>;

}  // namespace berth::plan
