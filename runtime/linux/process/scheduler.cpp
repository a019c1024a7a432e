#include "runtime/linux/process/scheduler.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/linux/base/calls.h"
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

void OwnAffinity::pin(const std::vector<std::uint32_t>& mask, const std::string& list) {
  constexpr std::size_t kWords = 8192 / 32;  // the most processors that a kernel can have
  std::vector<std::uint32_t> former(kWords);
  if (call(SYS_sched_getaffinity, 0, kWords * sizeof(std::uint32_t), former.data()) < 0) {
    fail_errno("sched_getaffinity", list);
  }
  if (call(SYS_sched_setaffinity, 0, mask.size() * sizeof(std::uint32_t), mask.data()) < 0) {
    fail_errno("sched_setaffinity", list);
  }
  former_ = std::move(former);
}

void OwnAffinity::restore() {
  if (former_.empty()) return;
  // A refusal, as when its cpuset has changed meanwhile, leaves berth on fewer processors.
  (void)call(SYS_sched_setaffinity, 0, former_.size() * sizeof(std::uint32_t), former_.data());
  former_.clear();
}

void let_others_run() {
  // A kernel with processors that do not tick (nohz_full) refuses it.
  if (::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0) (void)::sched_yield();
}

}  // namespace berth::sys
