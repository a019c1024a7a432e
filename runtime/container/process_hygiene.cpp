#include "runtime/container/process_hygiene.h"

#include <sys/resource.h>

#include <string>

#include "runtime/linux/process/own_process.h"
#include "runtime/linux/security/privileges.h"
#include "spec/error.h"

namespace berth::container {

namespace {

/// A stack that grows beyond its limit ends berth with SIGSEGV, at any point.
void check_stack() {
  constexpr std::uint64_t kLeast = std::uint64_t{64} << 10;
  const std::uint64_t limit = sys::soft_limit(RLIMIT_STACK);
  if (limit >= kLeast) return;
  fail(ErrorKind::System, "RLIMIT_STACK is " + std::to_string(limit) + " bytes, at least " +
                              std::to_string(kLeast) + " are needed");
}

}  // namespace

void prepare_process() {
  sys::ensure_standard_fds();
  check_stack();
  sys::mark_others_close_on_exec(3);
  sys::ignore_signals_of_writes();
  sys::reap_own_children();
  sys::forbid_inspection();
  sys::set_umask(022);
}

}  // namespace berth::container
