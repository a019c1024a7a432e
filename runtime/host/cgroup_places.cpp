#include "runtime/host/cgroup_places.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/host/cgroup_delegation.h"
#include "runtime/host/cgroup_layout.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/own_process.h"

namespace berth::plan {

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// The part of a path that berth's cgroup namespace does not hide.
std::string known_end_of(std::string path) {
  while (path == "/.." || path.starts_with("/../")) path.erase(0, 3);
  return path == "/" ? "" : path;
}

/// Searches the directories `levels` below `place` for the one in which `end` leads to berth's own
/// cgroup.
std::optional<std::string> search(const CgroupHierarchy& hierarchy, const std::string& place,
                                  std::size_t levels, const std::string& end) {
  if (levels == 0) {
    const auto cgroup = sys::open_dir_if_exists(hierarchy.path_of(place + end));
    const std::string procs = cgroup ? sys::read_cgroup_procs(*cgroup) : "";
    if (!has_line(procs, std::to_string(sys::own_pid()))) return std::nullopt;
    return place + end;
  }
  const auto directory = sys::open_dir_if_exists(hierarchy.path_of(place));
  if (!directory) return std::nullopt;
  for (const std::string& name : sys::subdirs_of(*directory)) {
    const std::string below = std::string(place).append("/").append(name);
    if (auto found = search(hierarchy, below, levels - 1, end)) return found;
  }
  return std::nullopt;
}

/// A v2 cgroup with processes cannot pass controllers on, except for the root cgroup.
bool passes_controllers_on(const std::string& path) {
  const auto cgroup = sys::open_dir_if_exists(path);
  return cgroup && sys::read_cgroup_procs(*cgroup).empty();
}

void find_limits_place(CgroupHierarchy& hierarchy) {
  std::string place = parent_of(hierarchy.own_place().value_or(""));
  while (!place.empty() && !passes_controllers_on(hierarchy.path_of(place))) {
    place = parent_of(place);
  }
  hierarchy.limits_controllers =
      place.empty() ? hierarchy.controllers : read_controllers(hierarchy.path_of(place));
  hierarchy.limits_place = std::move(place);
}

}  // namespace

void find_own_places(CgroupLayout& layout) {
  for (CgroupHierarchy& hierarchy : layout.hierarchies) {
    const std::size_t hidden = hierarchy.own_place() ? 0 : hierarchy.hidden_levels();
    if (hidden > 0) {
      hierarchy.found_place = search(hierarchy, "", hidden, known_end_of(hierarchy.own_path));
    }
    if (hierarchy.unified) find_limits_place(hierarchy);
  }
}

}  // namespace berth::plan
