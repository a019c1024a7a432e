// A container's directories in resctrl: makes them, writes and compares schemata, moves the first
// process in, and removes those that belong to the container. Knows no property: plan/rdt.h decides
// which directories, and where resctrl is mounted, so tests can use any directory.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/plan/rdt.h"
#include "runtime/plan/steps/steps.h"

namespace berth::cgroup {

/// Order of use: construct, record the intents, make each group, set its schemata, enter. A failed
/// create calls try_undo; delete calls remove_rdt_groups with the recorded groups.
class RdtGroups {
 public:
  /// Only examines the groups that exist already.
  explicit RdtGroups(const plan::RdtPlan& plan);

  /// The groups that delete has to remove, innermost first. Before make: those that make is
  /// expected to create; afterwards: those that it created.
  const std::vector<std::string>& intents() const { return intents_; }

  void make(const std::string& group, plan::RdtUse use);
  /// Writes the line of `schemata` in a group that make created. In a group that existed before it
  /// only compares the line, and a mismatch is a State error.
  void set_schema(const std::string& group, const std::string& line) const;
  void enter(const std::string& group, pid_t pid) const;

  /// Removes all groups that make created, except a shared group that has processes by now, because
  /// another container uses it. False if removing a group fails.
  bool try_undo() noexcept;

 private:
  bool has_made(const std::string& group) const;

  std::vector<std::string> intents_;
  std::vector<std::string> made_;  ///< in order of creation
};

/// The kernel moves processes that are still in a group to its parent. A missing group is not an
/// error.
void remove_rdt_groups(const std::vector<std::string>& groups);

}  // namespace berth::cgroup
