// Sets what the kernel keeps for a process besides its credentials and limits: labels of security
// modules, execution domain, umask, processors, where its memory is, and its io priority.
#include "runtime/init/process/policy.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"

namespace berth::init {

void run(Init& init, const plan::SetLabel& step) {
  Text path;  // `self` is a symbolic link
  path.add(static_cast<unsigned>(getpid())).add("/").add(init.text(step.file));
  const Fd file = open_in_proc(init, path.get(), O_RDWR);
  const char* label = init.text(step.label);
  const auto size = static_cast<ssize_t>(strlen(label));
  const auto fail = [&](int error) { report(init, Fault::SystemCall, error, nullptr, label); };
  const ssize_t written = write(file.get(), label, static_cast<std::size_t>(size));
  if (written != size) fail(written < 0 ? errno : EIO);
  char first = '\0';  // of the label that the kernel has set
  const ssize_t taken = pread(file.get(), &first, 1, 0);
  if (taken <= 0) fail(taken < 0 ? errno : EIO);
}

void run(Init& init, const plan::SetUmask& step) {
  init.umask = step.umask.bits;
  umask(init.umask);
}

void run(Init& init, const plan::SetAffinity&) {
  unsigned char every[1024];  // one bit per processor; no kernel has so many
  memset(every, ~0, sizeof every);
  check(init, sys::call(SYS_sched_setaffinity, 0, sizeof every, every));
}

void run(Init& init, const plan::PinToProcessors& step) {
  const std::uint32_t size = step.mask.count * static_cast<std::uint32_t>(sizeof(std::uint32_t));
  check(init, sys::call(SYS_sched_setaffinity, 0, size, init.numbers(step.mask)));
}

void run(Init& init, const plan::SetPersonality& step) {
  check(init, sys::call(SYS_personality, step.number));
}

void run(Init& init, const plan::SetMemoryPolicy& step) {
  constexpr unsigned kNodes = 1024;  // the largest kernels have this many
  constexpr unsigned kWordBits = 8 * sizeof(unsigned long), kPartBits = 32;
  unsigned long nodes[kNodes / kWordBits] = {};
  const std::uint32_t* parts = init.numbers(step.mask);
  for (unsigned part = 0; part < step.mask.count && part < kNodes / kPartBits; ++part) {
    const unsigned bit = part * kPartBits;
    nodes[bit / kWordBits] |= static_cast<unsigned long>(parts[part]) << (bit % kWordBits);
  }
  // The kernel uses one bit less than it is given. set_mempolicy(2), BUGS
  const bool has_nodes = step.mask.count != 0;
  check(init, sys::call(SYS_set_mempolicy, step.mode_and_flags, has_nodes ? nodes : nullptr,
                        has_nodes ? kNodes + 1 : 0));
}

void run(Init& init, const plan::SetIoPriority& step) {
  constexpr int kProcessGroup = 2, kClassShift = 13;  // <linux/ioprio.h>
  // 0 is init's process group; init leads a session, so nothing else is in it.
  check(init,
        sys::call(SYS_ioprio_set, kProcessGroup, 0, step.class_number << kClassShift | step.level));
}

}  // namespace berth::init
