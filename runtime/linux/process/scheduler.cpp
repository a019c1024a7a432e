#include "runtime/linux/process/scheduler.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/linux/base/system_error.h"

namespace berth::sys {

namespace {

constexpr std::uint32_t kDeadline = 6;  // SCHED_DEADLINE, which glibc 2.36 does not define

// <linux/sched/types.h> and <sched.h> both define sched_param, so they cannot be included together.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
  std::uint32_t utilization_min = 0;
  std::uint32_t utilization_max = 0;
};
static_assert(sizeof(Attributes) == 56, "SCHED_ATTR_SIZE_VER1");

std::string hint_for(int error, std::uint32_t policy) {
  const bool is_real_time = policy == SCHED_FIFO || policy == SCHED_RR;
  if (error == EPERM && policy == kDeadline) {
    return "it takes CAP_SYS_NICE, and a cgroup that may use every processor";
  }
  if (error == EPERM && is_real_time) {
    return "it takes CAP_SYS_NICE, and in cgroup v1 a cpu.realtimeRuntime";
  }
  if (error == EPERM) return "it takes CAP_SYS_NICE";
  if (error == EBUSY) return "the processors have not that much time left for deadlines";
  if (error == EINVAL) return "does this kernel have the policy, and allow these numbers?";
  if (error == EOPNOTSUPP) return "this kernel has no utilization clamping";
  return {};
}

}  // namespace

void set_scheduler(pid_t pid, const Scheduler& scheduler) {
  const Attributes attributes{.policy = scheduler.policy,
                              .flags = scheduler.flags,
                              .nice = scheduler.nice,
                              .priority = scheduler.priority,
                              .runtime = scheduler.runtime,
                              .deadline = scheduler.deadline,
                              .period = scheduler.period};
  if (::syscall(SYS_sched_setattr, pid, &attributes, 0) == 0) return;
  const int error = errno;
  fail(ErrorKind::System,
       "sched_setattr of process " + std::to_string(pid) + ": " + errno_text(error), {},
       hint_for(error, scheduler.policy));
}

}  // namespace berth::sys
