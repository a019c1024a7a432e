#include "runtime/linux/process/scheduler.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/linux/base/system_error.h"

namespace berth::sys {

namespace {

constexpr std::uint32_t kDeadline = 6;  // SCHED_DEADLINE, which glibc 2.36 does not define

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
  if (::syscall(SYS_sched_setattr, pid, &scheduler, 0) == 0) return;
  const int error = errno;
  fail(ErrorKind::System,
       "sched_setattr of process " + std::to_string(pid) + ": " + errno_text(error), {},
       hint_for(error, scheduler.policy));
}

void let_others_run() {
  // A kernel with processors that do not tick (nohz_full) refuses it.
  if (::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0) (void)::sched_yield();
}

}  // namespace berth::sys
