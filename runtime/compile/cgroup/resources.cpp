#include "runtime/compile/cgroup/resources.h"

#include <algorithm>

#include "runtime/compile/cgroup/resource_lists.h"
#include "runtime/compile/cgroup/resource_rows.h"
#include "runtime/compile/cgroup/resource_writer.h"

namespace berth::plan {

std::vector<CgroupWrite> compile_resources(const spec::Resources& resources,
                                           const CgroupLayout& layout, Problems& problems,
                                           const Standing& standing) {
  ResourceWriter writer(layout, {resources, standing}, problems);
  for (const ResourceRow& row : resource_rows()) writer.add(row);
  if (resources.cpu) add_cpuset(writer);
  if (resources.block_io) add_block_devices(writer);
  add_hugepages(writer);
  if (resources.network) add_interface_priorities(writer);
  add_rdma(writer);
  add_unified(writer);
  std::vector<CgroupWrite> writes = writer.take();
  // A cgroup that existed before may be idle, and then the kernel takes no shares, or have a burst,
  // and then it takes no shorter quota.
  std::stable_partition(writes.begin(), writes.end(),
                        [](const CgroupWrite& write) { return write.is_default; });
  return writes;
}

}  // namespace berth::plan
