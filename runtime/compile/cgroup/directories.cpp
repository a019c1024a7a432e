#include "runtime/compile/cgroup/directories.h"

#include <algorithm>

#include "runtime/host/cgroup_delegation.h"

namespace berth::plan {

namespace {

bool limits(const CgroupHierarchy& hierarchy, const std::vector<CgroupWrite>& writes) {
  return std::any_of(writes.begin(), writes.end(),
                     [&](const CgroupWrite& write) { return hierarchy.has(write.controller); });
}

/// The place of a v2 cgroup with limits; empty for the top of the hierarchy.
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

CgroupDirectory own_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                              const std::vector<CgroupWrite>& writes) {
  const std::string place = hierarchy.unified && limits(hierarchy, writes)
                                ? place_for_limits(hierarchy, writes)
                                : hierarchy.own_place().value_or("");
  return {
      .hierarchy = hierarchy, .path = hierarchy.path_of(place + name), .enable = {}, .offer = {}};
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
