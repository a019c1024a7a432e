// Changes values of cgroups that have processes: all of them, or none.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/plan/cgroup_plan.h"

namespace berth::cgroup {

struct FileChange {
  std::string path;  ///< absolute
  std::string value;
  std::string origin;     ///< the JSON pointer of the property that asks for it
  std::string before;     ///< what the file has, in the form that is written to it; empty: unknown
  std::string undo_path;  ///< where `undo_value` restores that; empty: it cannot be restored
  std::string undo_value;
};

/// Reads what the files have now, and leaves out the writes of what they would have anyway.
/// `directories` are the container's. Throws Unsupported, with the origin, if the kernel has no
/// such file.
std::vector<FileChange> read_changes(const std::vector<plan::CgroupDirectory>& directories,
                                     const std::vector<plan::CgroupWrite>& writes);

/// Reads what a file has now.
FileChange read_change(const std::string& path, const std::string& value,
                       const std::string& origin);

/// The destructor undoes what was made, unless it was kept.
class Changes {
 public:
  /// `failures` gets a line for each value that cannot be restored.
  Changes(std::vector<FileChange> changes, std::vector<std::string>& failures)
      : changes_(std::move(changes)), failures_(failures) {}
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;
  ~Changes() { undo(); }

  /// Makes all changes, and reads them back. If the kernel refuses a value because of another one
  /// that is still to come, it is written again after that one. Throws the kernel's refusal, with
  /// the origin.
  void make();
  void keep() { made_.clear(); }

 private:
  void undo() noexcept;

  std::vector<FileChange> changes_;
  std::vector<FileChange> made_;
  std::vector<std::string>& failures_;
};

}  // namespace berth::cgroup
