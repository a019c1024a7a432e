#include "runtime/store/record.h"

#include <algorithm>

namespace berth::store {

std::optional<bool> Record::is_unified(std::string_view directory) const {
  bool is_marked = false;
  for (const ContainerCgroup& cgroup : cgroups) {
    if (cgroup.directory == directory && cgroup.is_unified) return true;
    is_marked |= cgroup.is_unified;
  }
  return is_marked ? std::optional(false) : std::nullopt;
}

}  // namespace berth::store
