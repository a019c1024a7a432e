// Which resources an update is to change: those of a file, or of the flags.
#pragma once

#include <string>
#include <vector>

#include "spec/config/config.h"
#include "spec/error.h"

namespace berth::container {

/// The values of the flags as they were typed; empty: not given.
struct UpdateFlags {
  std::string blkio_weight;
  std::string cpu_burst, cpu_idle, cpu_period, cpu_quota, cpu_rt_period, cpu_rt_runtime, cpu_shares;
  std::string cpuset_cpus, cpuset_mems;
  std::string kernel_memory, kernel_memory_tcp, memory, memory_reservation, memory_swap;
  std::string pids_limit;
  std::string l3_cache_schema, mem_bw_schema;
};

struct UpdateRequest : UpdateFlags {
  std::string file;  ///< linux.resources as JSON; `-`: standard input; empty: the flags
};

/// Adds a problem for each flag that is wrong; throws a Config error for each such place in the
/// file. A size has bytes or one of the units k, m, g, t and p, which are powers of 1024.
spec::Resources read_resources(const UpdateRequest& request, Problems& problems);

/// Where a JSON pointer below /linux/resources comes from: a flag, or a place in the file.
std::string origin_of(const UpdateRequest& request, const std::string& pointer);

/// Throws one Error with a line for each problem, at its flag or its place in the file.
void fail_if_any(const Problems& problems, const UpdateRequest& request);

}  // namespace berth::container
