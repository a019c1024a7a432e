// Steps of init about namespaces and cgroups: how the container's first process comes into being.
#pragma once

#include <cerrno>

#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/operands.h"

namespace berth::plan {

/// Init writes `0` to the `tasks` that the slot holds (v1), or to cgroup.procs of the directory
/// that it holds (v2).
struct EnterCgroup {
  Text path;
  Slot cgroup;
  Flag is_unified;
};
void describe(auto& v, const EnterCgroup& step) {
  v.step("enter_cgroup", "enter the cgroup '{path}'");
  v("path", step.path);
  v("cgroup", step.cgroup);
  v("is_unified", step.is_unified);
}

/// A process that joins a pid namespace does not enter it; its forks do. If a refusal is tolerated,
/// a later step tries again.
struct JoinNamespace {
  static constexpr Side kSide = Side::Prologue;
  Text path;
  Namespaces type;
  Slot space;
  Errors refusal = Errors::Report;
};
void describe(auto& v, const JoinNamespace& step) {
  v.step("join_namespace", "join the {type} namespace '{path}'");
  v("path", step.path);
  v("type", step.type);
  v("namespace", step.space);
  v("refusal", step.refusal);
}

/// Joins namespaces of the process that the slot holds, for exec: setns(2) with a pidfd. R is the
/// root of its mount namespace afterwards. As to a pid namespace, see JoinNamespace.
struct JoinContainer {
  Namespaces namespaces;
  Slot process;
};
void describe(auto& v, const JoinContainer& step) {
  v.step("join_container", "join the container's namespaces: {namespaces}");
  v("namespaces", step.namespaces);
  v("process", step.process);
  v.hint(ESRCH, "the container's first process has ended, or its first thread has");
}

/// unshare(2): children of init will be in the namespace, but init itself is not.
struct NewTimeNamespace {
  static constexpr Side kSide = Side::Prologue;
};
void describe(auto& v, const NewTimeNamespace&) {
  v.step("new_time_namespace", "make a time namespace");
}

/// Writes a line to /proc/self/timens_offsets.
struct WriteTimeOffsets {
  static constexpr Side kSide = Side::Prologue;
  Text line;
};
void describe(auto& v, const WriteTimeOffsets& step) {
  v.step("write_time_offsets", "write the time offset '{line}'");
  v("line", step.line);
  v.hint(ERANGE, "no clock can be set back before its 0, or on by 146 years");
}

/// Starts the child, in the v2 cgroup if there is one. Then the prologue exits.
struct Clone {
  static constexpr Side kSide = Side::Prologue;
  static constexpr bool kIsMilestone = true;
  Namespaces namespaces;
  Slot cgroup;
};
void describe(auto& v, const Clone& step) {
  v.step("clone", "start the first process[ in new namespaces: {namespaces}]");
  v("namespaces", step.namespaces);
  v("cgroup", step.cgroup);
  v.hint(ENOSPC, "a limit of /proc/sys/user/max_*_namespaces is reached");
  v.hint(EPERM, "may an unprivileged user make user namespaces on this machine?");
  v.hint(EAGAIN, "the pids limit of the cgroup, or of the user, is reached");
}

/// unshare(2)
struct NewNamespaces {
  Namespaces namespaces;
};
void describe(auto& v, const NewNamespaces& step) {
  v.step("new_namespaces", "make the namespaces {namespaces}");
  v("namespaces", step.namespaces);
}

/// Init waits for the host's answer. With `opens_proc`, init's /proc files belong to the caller
/// meanwhile, because a host without privilege has to write to them.
struct Synchronize {
  static constexpr bool kIsMilestone = true;
  Sync sync;
  Flag opens_proc = {};
};
void describe(auto& v, const Synchronize& step) {
  v.step("synchronize", "wait for the host: {sync}");
  v("sync", step.sync);
  v("opens_proc", step.opens_proc);
}

/// Takes uid and gid 0 of the user namespace, without additional groups unless it keeps them.
struct BecomeNamespaceRoot {
  Flag keeps_groups = {};
};
void describe(auto& v, const BecomeNamespaceRoot& step) {
  v.step("become_namespace_root", "become root of the user namespace");
  v("keeps_groups", step.keeps_groups);
  v.hint(EINVAL, "the mappings need the container's id 0");
}

/// Enters the time namespace that init has made for its children.
struct EnterTimeNamespace {};
void describe(auto& v, const EnterTimeNamespace&) {
  v.step("enter_time_namespace", "enter the time namespace");
}

/// setsid(2)
struct NewSession {};
void describe(auto& v, const NewSession&) { v.step("new_session", "make a session"); }

struct NewKeyring {};
void describe(auto& v, const NewKeyring&) {
  v.step("new_keyring", "make a session keyring");
  v.hint(EDQUOT, "the user's quota of keys is used up; --no-new-keyring needs none");
}

struct LoopbackUp {};
void describe(auto& v, const LoopbackUp&) {
  v.step("loopback_up", "set the loopback interface up");
}

struct NewCgroupNamespace {};
void describe(auto& v, const NewCgroupNamespace&) {
  v.step("new_cgroup_namespace", "make a cgroup namespace");
}

/// A fork of init in the joined pid namespace executes the steps that follow. With `has_terminal`,
/// standard input is its terminal.
struct Fork {
  Flag has_terminal;
};
void describe(auto& v, const Fork& step) {
  v.step("fork", "fork into the pid namespace");
  v("has_terminal", step.has_terminal);
  v.hint(EAGAIN, "the pids limit of the cgroup, or of the user, is reached");
  v.hint(ENOMEM, "the first process of that pid namespace may have ended");
}

using NamespaceSteps =
    List<EnterCgroup, JoinNamespace, JoinContainer, NewTimeNamespace, WriteTimeOffsets, Clone,
         NewNamespaces, Synchronize, BecomeNamespaceRoot, EnterTimeNamespace, NewSession,
         NewKeyring, LoopbackUp, NewCgroupNamespace, Fork>;

}  // namespace berth::plan
