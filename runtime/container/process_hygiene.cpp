#include "runtime/container/process_hygiene.h"

#include "runtime/linux/signals.h"

namespace berth::container {

void prepare_process() {
  sys::ensure_standard_fds();
  sys::mark_others_close_on_exec(3);
  sys::ignore_signals_of_writes();
  sys::reap_children_ourselves();
  sys::forbid_inspection();
  sys::set_umask(022);
}

}  // namespace berth::container
