// The state of init while it walks the plan: the image as mapped, and the registers that
// plan/steps/*.h name.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "runtime/init/base/fd.h"
#include "runtime/init/base/text.h"
#include "runtime/plan/steps/steps.h"
#include "runtime/plan/talk.h"

namespace berth::init {

using plan::Fault;
using plan::Step;

/// One page of memory that init and its forks share.
struct Shared {
  int hook_error;           ///< errno of a hook's process before its program ran, or 0
  std::uint32_t hook_step;  ///< where it was: at the hook, or at a later step that the hook shares
  bool is_hook_filtered;    ///< a seccomp filter is loaded in the hook's process
  int listener;     ///< the descriptor of the seccomp listener; 0: not yet, -1: there is none
  int handed_over;  ///< 0: not yet, 1: the host has it, -1: the host does not have it
  /// A robust futex: the number of the process that hands the listener over; 0: it has not begun.
  /// When that process ends, however it does, the kernel sets FUTEX_OWNER_DIED. get_robust_list(2)
  std::uint32_t other;
};

/// Why a file cannot be used, as far as init can see: the parts of a Message about it. For a
/// program's file, why execve(2) would refuse it.
struct Finding {
  Fault fault = Fault::SystemCall;  ///< SystemCall: init sees nothing
  std::uint32_t part = 0;           ///< plan::kOfInterpreter, plan::kOfLoader or neither
  int number = 0;                   ///< the errno that this explains
  plan::FileFacts file;
  char detail[sizeof plan::Message::detail] = {};
};

/// The arguments of execve(2).
struct Program {
  Text file;
  const char** arguments = nullptr;
  const char** variables = nullptr;
  Finding finding;  ///< made before a filter, which would refuse init to look later
};

struct Init {
  const Step* steps = nullptr;
  std::uint32_t step_count = 0;
  plan::SlotEntry* slots = nullptr;  ///< init's own copy: answers and steps fill them
  std::uint32_t slot_count = 0;
  const char* texts = nullptr;
  plan::Stamp* stamps = nullptr;  ///< null: no trace
  Shared* shared = nullptr;       ///< null: no process shares it yet
  std::uint32_t index = 0;        ///< the step that runs

  plan::Message born;  ///< the message about the child
  int talk = -1;       ///< to the host; -1 beyond WaitForStart
  Fd start;            ///< connection of `berth start`, or the talk with the `run` that goes on

  Fd root;               ///< R
  Fd context;            ///< F
  bool is_proc = false;  ///< F is a procfs
  Fd mount;              ///< M, never the slot itself
  Fd null;               ///< N
  Fd dev;                ///< D: /dev below R, from an entry that was made there to the next mount

  Fd proc;         ///< P
  Fd root_place;   ///< the directory of the host where R is attached; empty if that is "/"
  Fd destination;  ///< of M, if it was opened before; empty: missing, or not opened yet
  Fd empty;        ///< the read-only tmpfs that hides directories

  pid_t other = 0;           ///< hands the listener of a filter over, if it was started early
  std::uint64_t joined = 0;  ///< CLONE_NEW* of namespaces that were joined
  std::uint64_t early = 0;   ///< CLONE_NEW* of namespaces that were made before the image came
  mode_t umask = 022;  ///< for the program and hooks; init's own is 0 until the files are made
  Program program;
  std::uint64_t core_limit = 0;  ///< the caller's soft limit; 0: unchanged, it allows no cores
  bool has_directory = false;    ///< init is in the program's working directory
  bool is_filtered = false;      ///< by seccomp: the filter may refuse any call, or end init
  bool is_hook = false;          ///< this process becomes a hook

  const char* text(plan::Text text) const { return texts + text.offset; }
  const std::uint32_t* numbers(plan::NumberList list) const {
    return reinterpret_cast<const std::uint32_t*>(texts + list.offset);
  }
  int fd(plan::Slot slot) const {
    return slot == plan::kNoSlot ? -1 : slots[static_cast<std::uint32_t>(slot.number)].fd;
  }
  /// Only execve(2) and, if that fails, write(2) follow.
  bool is_silent() const { return is_filtered && start; }
  /// Whether a later step of init names this slot.
  bool is_needed_later(std::uint32_t slot) const { return slots[slot].last_use > index; }
  /// The descriptor of the pid namespace that init has still to enter, or -1.
  int pid_namespace() const;
  /// Whether a later fork becomes the container's first process.
  bool forks_later() const;
};

}  // namespace berth::init
