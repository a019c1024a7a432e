#include "runtime/plan/host.h"

#include <linux/capability.h>

#include "runtime/linux/privileges.h"
#include "runtime/linux/process.h"

namespace berth::plan {

Host read_host() {
  Host host;
  host.uid = sys::effective_uid();
  host.bounding_set = sys::bounding_set();
  host.last_capability = sys::last_capability();
  for (std::size_t resource = 0; resource < host.hard_limits.size(); ++resource) {
    host.hard_limits[resource] = sys::hard_limit(static_cast<int>(resource));
  }
  host.may_raise_limits = sys::has_effective_capability(CAP_SYS_RESOURCE);
  host.cgroups = read_cgroup_layout();
  return host;
}

}  // namespace berth::plan
