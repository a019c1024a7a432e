// What berth knows of the machine it runs on, as values: compile() asks nothing else, so that tests
// can describe any machine.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "runtime/plan/cgroup_layout.h"

namespace berth::plan {

struct Host {
  uid_t uid = 0;
  std::uint64_t bounding_set = 0;  ///< capabilities that can be granted here, by bit
  int last_capability = 40;        ///< the highest that this kernel knows
  std::array<std::uint64_t, 16> hard_limits =
      {};                         ///< by RLIMIT_ number, RLIM_INFINITY as the kernel has it
  bool may_raise_limits = false;  ///< CAP_SYS_RESOURCE
  CgroupLayout cgroups;
};

/// This machine, now.
Host read_host();

}  // namespace berth::plan
