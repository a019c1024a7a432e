// Steps of init about namespaces and cgroups: how the container's first process comes into being.
#pragma once

#include "runtime/plan/steps_operands.h"

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

/// Of a pid namespace only the forks of the child become members. A refusal that is tolerated is
/// followed by another try.
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

/// unshare(2): the namespace is for the children of init.
struct NewTimeNamespace {
  static constexpr Side kSide = Side::Prologue;
};
void describe(auto& v, const NewTimeNamespace&) {
  v.step("new_time_namespace", "make a time namespace");
}

/// A line of /proc/self/timens_offsets.
struct WriteTimeOffsets {
  static constexpr Side kSide = Side::Prologue;
  Text line;
};
void describe(auto& v, const WriteTimeOffsets& step) {
  v.step("write_time_offsets", "write the time offset '{line}'");
  v("line", step.line);
}

/// Starts the child, in the v2 cgroup if there is one. The prologue ends.
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
}

/// unshare(2)
struct NewNamespaces {
  Namespaces namespaces;
};
void describe(auto& v, const NewNamespaces& step) {
  v.step("new_namespaces", "make the namespaces {namespaces}");
  v("namespaces", step.namespaces);
}

/// Init waits for the host's answer. `opens_proc`: meanwhile its /proc files are the caller's,
/// which a host without privilege needs to write there.
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

/// uid and gid 0 of the user namespace, no additional groups.
struct BecomeNamespaceRoot {};
void describe(auto& v, const BecomeNamespaceRoot&) {
  v.step("become_namespace_root", "become root of the user namespace");
}

/// The one that init has made for its children.
struct EnterTimeNamespace {};
void describe(auto& v, const EnterTimeNamespace&) {
  v.step("enter_time_namespace", "enter the time namespace");
}

/// setsid(2)
struct NewSession {};
void describe(auto& v, const NewSession&) { v.step("new_session", "make a session"); }

/// The session keyring.
struct NewKeyring {};
void describe(auto& v, const NewKeyring&) { v.step("new_keyring", "make a session keyring"); }

struct LoopbackUp {};
void describe(auto& v, const LoopbackUp&) {
  v.step("loopback_up", "set the loopback interface up");
}

struct NewCgroupNamespace {};
void describe(auto& v, const NewCgroupNamespace&) {
  v.step("new_cgroup_namespace", "make a cgroup namespace");
}

/// What follows is done by a fork of init, in the pid namespace that was joined. `has_terminal`:
/// standard input is its terminal.
struct Fork {
  Flag has_terminal;
};
void describe(auto& v, const Fork& step) {
  v.step("fork", "fork into the pid namespace");
  v("has_terminal", step.has_terminal);
}

}  // namespace berth::plan
