// The properties of linux.resources that are lists: a write for each entry.
#pragma once

#include "runtime/compile/cgroup/resource_writer.h"

namespace berth::plan {

/// Adds processors and memory nodes.
void add_cpuset(ResourceWriter& writer);

/// Adds the weights and limits of single block devices.
void add_block_devices(ResourceWriter& writer);

void add_hugepages(ResourceWriter& writer);
void add_interface_priorities(ResourceWriter& writer);
void add_rdma(ResourceWriter& writer);

/// Adds the files of v2 that linux.resources.unified names, one write for each line. They come
/// last, so that they override what other properties were converted to.
void add_unified(ResourceWriter& writer);

}  // namespace berth::plan
