#include "runtime/plan/cgroup_delegation.h"

#include <algorithm>

#include "runtime/linux/file.h"

namespace berth::plan {

namespace {

bool is_delegated(const CgroupHierarchy& hierarchy, const std::string& place) {
  const std::string path = hierarchy.path_of(place);
  return sys::may_write(path) && (!hierarchy.unified || sys::may_write(path + "/cgroup.procs"));
}

bool limits(const CgroupHierarchy& hierarchy, const std::vector<CgroupWrite>& writes) {
  return std::any_of(writes.begin(), writes.end(),
                     [&](const CgroupWrite& write) { return hierarchy.has(write.controller); });
}

/// v2, with limits.
std::string place_for_limits(const CgroupHierarchy& hierarchy,
                             const std::vector<CgroupWrite>& writes) {
  const std::vector<std::string>& there = hierarchy.limits_controllers;
  const bool has_all = std::all_of(writes.begin(), writes.end(), [&](const CgroupWrite& write) {
    return !hierarchy.has(write.controller) ||
           std::find(there.begin(), there.end(), write.controller) != there.end();
  });
  return has_all ? hierarchy.limits_place : "";
}

}  // namespace

std::string parent_of(const std::string& place) {
  return place.empty() ? place : place.substr(0, place.rfind('/'));
}

CgroupDirectory own_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                              const std::vector<CgroupWrite>& writes) {
  const std::string place = hierarchy.unified && limits(hierarchy, writes)
                                ? place_for_limits(hierarchy, writes)
                                : hierarchy.own_place().value_or("");
  return {
      .hierarchy = hierarchy, .path = hierarchy.path_of(place + name), .enable = {}, .offer = {}};
}

void find_delegated(CgroupLayout& layout) {
  layout.is_delegated = true;
  for (CgroupHierarchy& hierarchy : layout.hierarchies) {
    const auto place = hierarchy.own_place();
    if (!place) continue;
    hierarchy.own_is_delegated = is_delegated(hierarchy, *place);
    if (!hierarchy.unified) continue;
    const std::string parent = parent_of(*place);
    hierarchy.parent_is_delegated = is_delegated(hierarchy, parent);
    hierarchy.parent_controllers = read_controllers(hierarchy.path_of(parent));
  }
}

CgroupLayout usable_part(const CgroupLayout& layout) {
  CgroupLayout usable = layout;
  for (CgroupHierarchy& hierarchy : usable.hierarchies) {
    if (hierarchy.unified) hierarchy.controllers = hierarchy.parent_controllers;
    const bool is_usable =
        hierarchy.unified ? hierarchy.parent_is_delegated : hierarchy.own_is_delegated;
    if (!is_usable) hierarchy.controllers.clear();
  }
  return usable;
}

CgroupDirectory delegated_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                                    const std::vector<CgroupWrite>& writes) {
  const std::string own = hierarchy.own_place().value_or("");
  const bool next_to_own = hierarchy.unified && limits(hierarchy, writes);
  const bool is_inherited = !next_to_own && !hierarchy.own_is_delegated;
  const std::string place = is_inherited ? own : (next_to_own ? parent_of(own) : own) + name;
  return {.hierarchy = hierarchy,
          .path = hierarchy.path_of(place),
          .enable = {},
          .offer = {},
          .is_inherited = is_inherited};
}

}  // namespace berth::plan
