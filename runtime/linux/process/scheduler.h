// The scheduling policy and attributes of a process, the processors that berth runs on, and a wait
// for the scheduler. sched(7), sched_setattr(2)
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace berth::sys {

/// The kernel's sched_attr. Its header cannot be included beside <sched.h>, because both define
/// sched_param.
struct Scheduler {
  std::uint32_t size = 56;     ///< SCHED_ATTR_SIZE_VER1
  std::uint32_t policy = 0;    ///< SCHED_*
  std::uint64_t flags = 0;     ///< SCHED_FLAG_*
  std::int32_t nice = 0;       ///< for SCHED_OTHER and SCHED_BATCH
  std::uint32_t priority = 0;  ///< for SCHED_FIFO and SCHED_RR
  std::uint64_t runtime = 0;   ///< nanoseconds, like the next two
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
  std::uint32_t utilization_min = 0;
  std::uint32_t utilization_max = 0;
};
static_assert(sizeof(Scheduler) == Scheduler{}.size);

/// Sets the scheduling attributes of a process's main thread.
void set_scheduler(pid_t pid, const Scheduler& scheduler);

/// Lets berth run on some processors alone, until restore(). sched_setaffinity(2)
class OwnAffinity {
 public:
  /// 32 processors in each number; `list` is their text, for the error.
  void pin(const std::vector<std::uint32_t>& mask, const std::string& list);
  void restore();

 private:
  std::vector<std::uint32_t> former_;  ///< empty: unchanged
};

/// Returns when every processor has switched tasks or idles, so that a process that was woken
/// before has usually run. Takes some milliseconds, without using a processor. membarrier(2),
/// MEMBARRIER_CMD_GLOBAL
void let_others_run();

}  // namespace berth::sys
