// What init knows while it walks the plan: the image as mapped, and the registers of plan/steps.h.
// Steps do not return errors: they report() and the process is gone.
#pragma once

#include <errno.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "runtime/init/fd.h"
#include "runtime/init/text.h"
#include "runtime/plan/steps.h"
#include "runtime/plan/talk.h"

namespace berth::init {

using plan::Fault;
using plan::Op;
using plan::Step;

/// One page that outlives a fork as the same memory on both sides.
struct Shared {
  int exec_error;   ///< errno of a hook's execve, or 0
  int listener;     ///< of seccomp: descriptor number, or 0: not yet, -1: there is none
  int handed_over;  ///< 0: not yet, 1: the host has it, -1: it has not
};

/// What execve(2) is to be called with.
struct Program {
  Text file;
  const char** arguments = nullptr;
  const char** variables = nullptr;
  bool is_directory = false;
};

struct Init {
  const Step* steps = nullptr;
  std::uint32_t step_count = 0;
  std::int32_t* slots =
      nullptr;  ///< our own copy: some come with an answer, some we fill; -1 until then
  std::uint32_t slot_count = 0;
  const char* texts = nullptr;
  plan::Stamp* stamps = nullptr;  ///< null: nobody traces
  Shared* shared = nullptr;
  std::uint32_t index = 0;  ///< of the step that runs

  plan::Message born;  ///< what is said of the child
  int talk = -1;       ///< to the host; -1 beyond WaitForStart
  Fd start;            ///< connection of `berth start`, or the talk with the `run` that goes on

  Fd root;     ///< R
  Fd context;  ///< F
  Fd mount;    ///< M, never the slot itself
  Fd null;     ///< N

  Fd proc;         ///< P
  Fd root_place;   ///< of the host: what R is attached to; empty where that is its "/"
  Fd destination;  ///< of M, where it had to be looked at before; empty: not there, or not looked
                   ///< at
  Fd empty;        ///< the read-only tmpfs that hides directories

  std::uint64_t joined = 0;     ///< CLONE_NEW* of namespaces that were joined
  mode_t umask = 022;           ///< of what we execute; our own is 0
  std::uint32_t preserved = 0;  ///< descriptors beyond stdio that the program gets
  Program program;
  bool is_filtered = false;  ///< by seccomp: any call may be refused, or end us

  const char* text(std::uint32_t offset) const { return texts + offset; }
  const char* text(const Step& step, int which) const { return texts + step.text[which]; }
  int slot(const Step& step) const {
    return step.slot < 0 ? -1 : slots[static_cast<std::uint32_t>(step.slot)];
  }
  /// Nothing but execve(2) and, if that fails, write(2) is to come.
  bool is_silent() const { return is_filtered && start; }
  /// Whether a step of ours that is still to come names this slot.
  bool is_needed_later(std::int32_t slot) const;
};

/// Born or AtSync, to the host. Where nobody listens any more, we end.
void tell(const Init& init, plan::Word word, std::uint32_t value);

/// Sends Failed to whoever listens, and exits. `subject` null: the step's first text. `detail`
/// null: the kernel's words about F, if one is open.
[[noreturn]] void report(const Init& init, Fault fault, int number, const char* subject = nullptr,
                         const char* detail = nullptr);

/// Last error that the kernel wrote about a file system context; empty: none.
void read_log(int context, char* text, std::size_t size);

/// The result of a system call; reports errno when it failed.
inline int check(const Init& init, int result, const char* subject = nullptr) {
  if (result < 0) report(init, Fault::SystemCall, errno, subject);
  return result;
}
inline Fd check(const Init& init, Fd fd, const char* subject = nullptr) {
  if (!fd) report(init, Fault::SystemCall, errno, subject);
  return fd;
}

}  // namespace berth::init
