// What the kernel keeps of a process beside its credentials and limits: labels of security modules,
// execution domain, umask, processors, where its memory and how soon its input and output comes.
#include <string.h>
#include <sys/stat.h>

#include "runtime/init/paths.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"
#include "runtime/init/text.h"

namespace berth::init {

void set_label(Init& init, const Step& step) {
  Text path;  // `self` is a symbolic link
  path.add(static_cast<unsigned>(getpid())).add("/").add(init.text(step, 0));
  const Fd file = open_in_proc(init, path.get(), O_RDWR);
  const char* label = init.text(step, 1);
  const auto size = static_cast<ssize_t>(strlen(label));
  const auto fail = [&](int error) { report(init, Fault::SystemCall, error, nullptr, label); };
  const ssize_t written = write(file.get(), label, static_cast<std::size_t>(size));
  if (written != size) fail(written < 0 ? errno : EIO);
  char first = '\0';  // of what the kernel took it for
  const ssize_t taken = pread(file.get(), &first, 1, 0);
  if (taken <= 0) fail(taken < 0 ? errno : EIO);
}

void set_umask(Init& init, const Step& step) {
  init.umask = static_cast<mode_t>(step.number[0]);
  umask(init.umask);
}

void set_affinity(Init& init, const Step&) {
  unsigned char every[1024];  // processors are bits: as many as no kernel has
  memset(every, ~0, sizeof every);
  check(init, sys::call(SYS_sched_setaffinity, 0, sizeof every, every));
}

void set_personality(Init& init, const Step& step) {
  check(init, sys::call(SYS_personality, step.number[0]));
}

void set_memory_policy(Init& init, const Step& step) {
  constexpr unsigned kNodes = 1024;  // of the largest kernels
  constexpr unsigned kWordBits = 8 * sizeof(unsigned long), kPartBits = 32;
  unsigned long nodes[kNodes / kWordBits] = {};
  const auto* parts = reinterpret_cast<const std::uint32_t*>(init.text(step, 2));
  for (std::uint64_t part = 0; part < step.number[1] && part < kNodes / kPartBits; ++part) {
    const std::uint64_t bit = part * kPartBits;
    nodes[bit / kWordBits] |= static_cast<unsigned long>(parts[part]) << (bit % kWordBits);
  }
  // The kernel takes one bit less than it is told. set_mempolicy(2), BUGS
  const bool has_nodes = step.number[1] != 0;
  check(init, sys::call(SYS_set_mempolicy, step.number[0], has_nodes ? nodes : nullptr,
                        has_nodes ? kNodes + 1 : 0));
}

void set_io_priority(Init& init, const Step& step) {
  constexpr int kProcessGroup = 2, kClassShift = 13;  // <linux/ioprio.h>
  // Ours: we lead a session.
  check(init, sys::call(SYS_ioprio_set, kProcessGroup, 0,
                        step.number[0] << kClassShift | step.number[1]));
}

}  // namespace berth::init
