// A container's directories in resctrl: makes them, writes and compares schemata, lets the first
// process in, removes what is the container's. Knows no property; which directories is decided in
// plan/rdt.h, and where resctrl is mounted there, too: any directory does, in tests.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/plan/rdt.h"
#include "runtime/plan/steps.h"

namespace berth::cgroup {

/// Order of use: construct, record the intents, make each group, set its schemata, enter. Undoing
/// create is try_undo; delete has remove_rdt_groups for what was recorded.
class RdtGroups {
 public:
  /// Only looks at what is there already.
  explicit RdtGroups(const plan::RdtPlan& plan);

  /// What delete is to remove, innermost first. Before make: what make is going to leave behind.
  /// After it: what it did.
  const std::vector<std::string>& intents() const { return intents_; }

  void make(const std::string& group, plan::RdtUse use);
  /// The line of `schemata`: written in a group that make has made, compared in one that was there:
  /// a mismatch is a State error.
  void set_schema(const std::string& group, const std::string& line) const;
  void enter(const std::string& group, pid_t pid) const;

  /// Removes all that make has made, but a shared group in which there are processes by now:
  /// another container found it. False when something is left.
  bool try_undo() noexcept;

 private:
  bool has_made(const std::string& group) const;

  std::vector<std::string> intents_;
  std::vector<std::string> made_;  ///< in this order
};

/// The kernel puts processes that are still in there into the group above. What is gone is no
/// error.
void remove_rdt_groups(const std::vector<std::string>& groups);

}  // namespace berth::cgroup
