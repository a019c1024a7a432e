#include "runtime/init/base/state.h"

#include <linux/sched.h>

namespace berth::init {

int Init::pid_namespace() const {
  for (std::uint32_t later = index + 1; later < step_count; ++later) {
    if (!steps[later].is<plan::JoinNamespace>()) continue;
    const auto& step = steps[later].as<plan::JoinNamespace>();
    if (step.type.flags == CLONE_NEWPID) return fd(step.space);
  }
  return -1;
}

bool Init::forks_later() const {
  for (std::uint32_t later = index + 1; later < step_count; ++later) {
    if (steps[later].is<plan::Fork>()) return true;
  }
  return false;
}

}  // namespace berth::init
