#include "runtime/host/cgroup_delegation.h"

#include "runtime/linux/files/file_facts.h"

namespace berth::plan {

namespace {

bool is_delegated(const CgroupHierarchy& hierarchy, const std::string& place) {
  const std::string path = hierarchy.path_of(place);
  return sys::may_write(path) && (!hierarchy.unified || sys::may_write(path + "/cgroup.procs"));
}

}  // namespace

std::string parent_of(const std::string& place) {
  return place.empty() ? place : place.substr(0, place.rfind('/'));
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

}  // namespace berth::plan
