// Resource limits: those of the program, and init's own limit of core files.
#include <fcntl.h>
#include <sys/resource.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/process/limits.h"

namespace berth::init {

namespace {

struct Limit {  // struct rlimit64
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

int set(std::uint64_t resource, const Limit* wanted, Limit* found) {
  return sys::call(SYS_prlimit64, 0, resource, wanted, found);
}

}  // namespace

void forbid_cores(Init& init) {
  // At 0 the kernel would still pipe a core to the handler of core_pattern, at 1 it writes none.
  constexpr std::uint64_t kNone = 1;
  Limit found;
  // Even if this is refused, the kernel writes no core of a process that is not dumpable, unless
  // fs.suid_dumpable allows it.
  if (set(RLIMIT_CORE, nullptr, &found) < 0 || found.soft <= kNone) return;
  const Limit lowered{.soft = kNone, .hard = found.hard};
  if (set(RLIMIT_CORE, &lowered, nullptr) == 0) init.core_limit = found.soft;
}

void run(Init& init, const plan::AllowCores&) {
  if (init.core_limit == 0) return;
  Limit limit;  // the host may have raised the hard limit
  check(init, set(RLIMIT_CORE, nullptr, &limit));
  limit.soft = init.core_limit;
  check(init, set(RLIMIT_CORE, &limit, nullptr));
}

void run(Init& init, const plan::SetOwnOomScoreAdj& step) {
  const Fd file = check(init, Fd(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)));
  write_value(init, file.get(), init.text(step.value));
}

void run(Init& init, const plan::SetRlimit& step) {
  const Limit limit{.soft = step.soft.value, .hard = step.hard.value};
  check(init, set(step.resource, &limit, nullptr));
}

}  // namespace berth::init
