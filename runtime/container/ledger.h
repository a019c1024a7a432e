// The Record of a container while create makes it. Everything that will outlive berth is recorded
// before it is made; if create ends before `commit`, whatever the error, all of it is undone.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/scope.h"
#include "runtime/cgroup/tree.h"
#include "runtime/container/context.h"
#include "runtime/plan/plan.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

class Ledger {
 public:
  /// Keeps references to all arguments but the Record, in which nothing outlives berth yet.
  Ledger(Context& context, store::StateDir& dir, store::Record record, const plan::Plan& plan);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  /// Undoes what was made, unless it was committed; the container's processes have ended by then.
  /// What cannot be undone is reported, and stays recorded for delete.
  ~Ledger();

  cgroup::CgroupTree& cgroups() { return cgroups_; }
  cgroup::Scope& scope() { return scope_; }
  cgroup::RdtGroups& rdt() { return rdt_; }
  const store::Record& record() const { return record_; }

  /// Call it before the first effect. The second call does nothing.
  void record_intent();
  /// From now on every process in the cgroups that were made belongs to the container, and ends
  /// with it.
  void claim_cgroups();
  /// Keeps what does not change any more, for complete(). Does nothing if the child has ended: it
  /// is about to report why.
  void look_at_child(pid_t pid);
  /// From now on poststop hooks are part of the undo, if the container has hooks of create.
  void begin_hooks() { has_run_hooks_ = true; }
  /// Marks the container as complete; `pid` is its first process. The pid file is written after the
  /// Record, unless its path is empty.
  void complete(pid_t pid, const std::string& pid_file);
  /// From now on nothing is undone.
  store::Record commit();

 private:
  void forget_unmade();
  void undo();
  void leave(const char* reason) noexcept;

  Context& context_;
  store::StateDir& dir_;
  store::Record record_;
  cgroup::CgroupTree cgroups_;
  cgroup::Scope scope_;
  cgroup::RdtGroups rdt_;
  std::string pid_file_;  ///< once it is written; empty: none
  bool has_intent_ = false;
  bool has_run_hooks_ = false;
  bool is_committed_ = false;
};

}  // namespace berth::container
