// berth-init: waits for a plan and carries out init's steps of it, in order, in the process that
// becomes the container's first, or one that an exec adds. argv[1] is the number of its descriptor
// of the talk, argv[2] the namespaces to make meanwhile.
#include <linux/sched.h>
#include <sys/stat.h>
#include <time.h>

#include <array>

#include "runtime/init/base/report.h"
#include "runtime/init/base/state.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/files/copy_up.h"
#include "runtime/init/files/devices.h"
#include "runtime/init/files/directory.h"
#include "runtime/init/files/streams.h"
#include "runtime/init/handover.h"
#include "runtime/init/mounts/mounts.h"
#include "runtime/init/mounts/procfs.h"
#include "runtime/init/mounts/protect.h"
#include "runtime/init/mounts/root.h"
#include "runtime/init/namespaces/kernel.h"
#include "runtime/init/namespaces/pid_namespace.h"
#include "runtime/init/namespaces/prologue.h"
#include "runtime/init/process/credentials.h"
#include "runtime/init/process/limits.h"
#include "runtime/init/process/policy.h"
#include "runtime/init/process/seccomp.h"
#include "runtime/init/program/execute.h"
#include "runtime/init/program/hook.h"

namespace berth::init {

namespace {

using Function = void (*)(Init& init, const Step& step);

/// Null for steps of the host. A step of init without a run() does not compile.
template <plan::StepType T>
constexpr Function function_of() {
  if constexpr (plan::facts_of<T>().is_of_init()) {
    return [](Init& init, const Step& step) { run(init, step.as<T>()); };
  } else {
    return nullptr;
  }
}

template <plan::StepType... T>
constexpr std::array<Function, sizeof...(T)> functions_of(plan::List<T...>) {
  return {function_of<T>()...};
}

constexpr auto kFunctions = functions_of(plan::Steps{});

std::uint64_t now() {
  timespec time = {};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

void run_step(Init& init) {
  const Step& step = init.steps[init.index];
  if (step.op >= plan::kStepTypes) report(init, Fault::Protocol, 0);
  const Function function = kFunctions[step.op];
  if (function == nullptr) return;
  plan::Stamp* stamp = init.stamps == nullptr ? nullptr : init.stamps + init.index;
  if (stamp != nullptr && !init.is_silent()) stamp->begin = now();
  function(init, step);
  if (stamp != nullptr && !init.is_silent()) stamp->end = now();
}

/// All of `text` as a number; -1 if it is not one.
int number_of(const char* text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9' && number < 200'000'000; ++text) {
    number = number * 10 + (*text - '0');
  }
  return *text == '\0' ? number : -1;
}

}  // namespace

}  // namespace berth::init

/// Ends in Execute, or in report() once the image could be read.
int main(int argc, char** argv) {
  using namespace berth::init;
  // The host recognizes an init that waits by this name.
  if (sys::set_not_dumpable() < 0 || sys::set_death_signal(SIGKILL) < 0 ||
      sys::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0 ||
      sys::call(SYS_prctl, PR_SET_NAME, "berth-init", 0, 0, 0) < 0) {
    return 1;
  }
  umask(0);

  Init init;
  forbid_cores(init);
  if (argc != 3) return 1;
  init.talk = number_of(argv[1]);
  make_early(init, static_cast<std::uint64_t>(number_of(argv[2])));
  if (receive_answer(init, init.talk) != Reply::Go || init.steps == nullptr) return 1;
  for (; init.index < init.step_count; ++init.index) run_step(init);
  return 1;
}
