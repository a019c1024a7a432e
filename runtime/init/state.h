// What init knows while it walks the plan: the image as mapped, and the registers that
// plan/steps_*.h name. Steps do not return errors: they report() and the process is gone.
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
using plan::Step;

/// One page that outlives a fork as the same memory on both sides.
struct Shared {
  int hook_error;           ///< errno of a hook's process before its program ran, or 0
  std::uint32_t hook_step;  ///< where it was: at the hook, or at a later step that it shares
  bool is_hook_filtered;    ///< by seccomp
  int listener;             ///< of seccomp: descriptor number, or 0: not yet, -1: there is none
  int handed_over;          ///< 0: not yet, 1: the host has it, -1: it has not
};

/// What execve(2) is to be called with.
struct Program {
  Text file;
  const char** arguments = nullptr;
  const char** variables = nullptr;

  // What examine() finds in the file.
  Fault format = Fault::SystemCall;  ///< why it may not be a program at all, if we know
  Text interpreter;                  ///< of a script, or the loader of a program; empty: none
  int interpreter_error = 0;         ///< why that could not be executed, or 0
};

struct Init {
  const Step* steps = nullptr;
  std::uint32_t step_count = 0;
  plan::SlotEntry* slots = nullptr;  ///< our own copy: some come with an answer, some we fill
  std::uint32_t slot_count = 0;
  const char* texts = nullptr;
  plan::Stamp* stamps = nullptr;  ///< null: nobody traces
  Shared* shared = nullptr;
  std::uint32_t index = 0;  ///< of the step that runs

  plan::Message born;  ///< what is said of the child
  int talk = -1;       ///< to the host; -1 beyond WaitForStart
  Fd start;            ///< connection of `berth start`, or the talk with the `run` that goes on

  Fd root;               ///< R
  Fd context;            ///< F
  bool is_proc = false;  ///< F is a procfs
  Fd mount;              ///< M, never the slot itself
  Fd null;               ///< N

  Fd proc;         ///< P
  Fd root_place;   ///< of the host: what R is attached to; empty where that is its "/"
  Fd destination;  ///< of M, where it had to be looked at before; empty: not there, or not looked
                   ///< at
  Fd empty;        ///< the read-only tmpfs that hides directories

  pid_t other = 0;           ///< hands the listener of a filter over, if it was started early
  std::uint64_t joined = 0;  ///< CLONE_NEW* of namespaces that were joined
  mode_t umask = 022;        ///< of what we execute; our own is 0 until the files are made
  Program program;
  std::uint64_t core_limit = 0;  ///< the caller's, soft; 0: it allows none, and is still in force
  bool has_directory = false;    ///< the working directory is the program's
  bool is_filtered = false;      ///< by seccomp: any call may be refused, or end us
  bool is_hook = false;          ///< the process that becomes one

  const char* text(plan::Text text) const { return texts + text.offset; }
  const std::uint32_t* numbers(plan::NumberList list) const {
    return reinterpret_cast<const std::uint32_t*>(texts + list.offset);
  }
  int fd(plan::Slot slot) const {
    return slot == plan::kNoSlot ? -1 : slots[static_cast<std::uint32_t>(slot.number)].fd;
  }
  /// Nothing but execve(2) and, if that fails, write(2) is to come.
  bool is_silent() const { return is_filtered && start; }
  /// Whether a step of ours that is still to come names this slot.
  bool is_needed_later(std::uint32_t slot) const { return slots[slot].last_use > index; }
  /// Descriptor of the pid namespace that is still to be entered, or -1.
  int pid_namespace() const;
  /// Whether another process becomes the container's first one.
  bool forks_later() const;
};

/// What init says of the step that runs.
plan::Message message_of(const Init& init, plan::Word word, std::uint32_t value = 0);

/// Born or AtSync, to the host. Where nobody listens any more, we end.
void tell(const Init& init, plan::Word word, std::uint32_t value);

/// Sends Failed to whoever listens, and exits. `subject` null: the first text of the step. `detail`
/// null: the kernel's words about F, if one is open. A hook's process leaves the error to us.
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
