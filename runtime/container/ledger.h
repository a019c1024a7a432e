// The Record of a container in the making, from the first intent to the end of create. What is
// going to outlive berth is written down before it is made; whatever ends create before `commit`,
// an error of any type, undoes all of it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/tree.h"
#include "runtime/container/site.h"
#include "runtime/plan/plan.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

class Ledger {
 public:
  /// Keeps references to all but the Record, in which nothing outlives berth yet.
  Ledger(Site& site, store::StateDir& dir, store::Record record, const plan::Plan& plan);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  /// Undoes what was made, unless it was committed; its processes have ended by then. What cannot
  /// be undone is reported, and stays recorded for delete.
  ~Ledger();

  cgroup::CgroupTree& cgroups() { return cgroups_; }
  cgroup::RdtGroups& rdt() { return rdt_; }
  const store::Record& record() const { return record_; }
  /// Set by who runs them: they are undone by poststop hooks.
  bool& has_run_hooks() { return has_run_hooks_; }

  /// Before the first effect.
  void record_intent();
  /// From now on whatever is in the cgroups that are made is the container's, and goes with it.
  void claim_cgroups();
  /// Notes what does not change any more. If the child has ended, it is about to say why.
  void look_at_child(pid_t pid);
  /// The container is there. The pid file, unless its path is empty, is written after the Record.
  void complete(pid_t pid, const std::string& pid_file);
  /// Nothing is undone any more.
  store::Record commit();

 private:
  void forget_unmade();
  void undo();
  void leave(const char* reason) noexcept;

  Site& site_;
  store::StateDir& dir_;
  store::Record record_;
  cgroup::CgroupTree cgroups_;
  cgroup::RdtGroups rdt_;
  std::string pid_file_;  ///< written; empty: none
  bool has_intent_ = false;
  bool has_run_hooks_ = false;
  bool is_committed_ = false;
};

}  // namespace berth::container
