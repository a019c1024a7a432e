#include "runtime/compile/cgroup/directories.h"

#include <algorithm>

#include "runtime/host/cgroup_delegation.h"

namespace berth::plan {

namespace {

bool limits(const CgroupHierarchy& hierarchy, const std::vector<CgroupWrite>& writes) {
  return std::ranges::any_of(writes,
                             [&](const CgroupWrite& write) { return has_file(hierarchy, write); });
}

/// The place of a v2 cgroup with limits; empty for the top of the hierarchy.
std::string place_for_limits(const CgroupHierarchy& hierarchy,
                             const std::vector<CgroupWrite>& writes) {
  const std::vector<std::string>& there = hierarchy.limits_controllers;
  const bool has_all = std::ranges::all_of(writes, [&](const CgroupWrite& write) {
    return !hierarchy.has(write.controller) ||
           std::ranges::find(there, write.controller) != there.end();
  });
  return has_all ? hierarchy.limits_place : "";
}

}  // namespace

CgroupDirectory inherited_directory(const CgroupHierarchy& hierarchy) {
  return {.hierarchy = hierarchy,
          .path = hierarchy.path_of(hierarchy.own_place().value_or("")),
          .is_inherited = true};
}

CgroupDirectory chosen_directory(const CgroupHierarchy& hierarchy, const std::string& name,
                                 const std::vector<CgroupWrite>& writes, bool is_delegated) {
  const bool has_limits = hierarchy.unified && limits(hierarchy, writes);
  const bool is_inherited = is_delegated && !has_limits && !hierarchy.own_is_delegated;
  if (is_inherited) return inherited_directory(hierarchy);
  const std::string own = hierarchy.own_place().value_or("");
  std::string place = own;
  if (has_limits) place = is_delegated ? parent_of(own) : place_for_limits(hierarchy, writes);
  return {.hierarchy = hierarchy, .path = hierarchy.path_of(place + name)};
}

}  // namespace berth::plan
