// The talk between berth and init: fixed structs on one SEQPACKET pair until the container is
// ready, then on a connection to the start socket. Out of phase is a protocol error, end of file an
// exit.
//
//   init                              host
//                        ◀──          Go, with the image, the trace and the slots that are open
//   Born {pid}           ──▶          (prologue) the child exists; it is the host's child, too.
//                                     It may be quicker: any message says who its sender is
//                        ◀──          Go, unasked: the answer to Sync::Cgroups
//   AtSync {Sync}        ──▶          host steps that follow this Synchronize
//                        ◀──          Go, with the descriptors of slots filled meanwhile
//   Listener + descriptor ──▶         seccomp: to the agent; also on the start socket, see below
//                        ◀──          Go
//   Born {pid}           ──▶          (child) in a pid namespace that is joined, its fork exists,
//                                     which is the child from now on; that may be quicker, too
//   Failed {step, errno, texts}       at any time, then exit
//
//   start socket:        ◀──          Go, by `berth start`
//   Executing            ──▶          only limits, filter and execve are left: from now on an
//                                     end of file says that it worked (it is close-on-exec)
//   Listener + descriptor ──▶         with no_new_privs the filter is loaded this late
//                        ◀──          Go
//   Failed               ──▶          it did not work
//
// For `run`, the first talk goes on after Ready, whose Go is that of `berth start`. A message has
// room for a number of descriptors: where there are more, each message before Go says More. Each
// descriptor comes with the number of its slot.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/plan/steps.h"

namespace berth::plan {

enum class Word : std::uint32_t { Born, AtSync, Listener, Executing, Failed };

/// Init's side. After Failed nothing follows.
struct Message {
  Word word = Word::Failed;
  std::uint32_t value = 0;  ///< Born: pid as the host has it. AtSync: Sync. Failed: see Fault
  std::uint32_t step = 0;   ///< index into the image
  std::int32_t number = 0;  ///< errno; for Fault::ExitStatus the wait status; else 0
  Step copy;                ///< Failed: the step itself; its offsets mean nothing any more
  char origin[128] = {};    ///< of the step; cut where it is longer, as the other texts are
  char subject[256] = {};   ///< what the call was about: that of the step, or a path within it
  char detail[256] = {};    ///< the kernel's own words from the fsopen log, a hook's last output
};

/// What kind of failure `number` describes.
enum class Fault : std::uint32_t {
  SystemCall,      ///< number is errno
  ExitStatus,      ///< a hook ended: number is its wait status
  TimedOut,        ///< a hook did not end in its time
  NotNull,         ///< OpenNull: not the character device 1:3
  Symlink,         ///< Place: a component of a protected destination is a symbolic link
  InsideProc,      ///< Place: the destination is in a procfs
  OutsideRoot,     ///< ChangeDirectory: the directory is not below the root
  OtherFile,       ///< MakeDevice, Place of a copied link: something else is there
  OtherDevice,     ///< CheckDevice: the host has something else there
  OtherRoot,       ///< AttachRoot: the path leads to another directory than it did
  NotProc,         ///< Place: something else than a procfs, where only one may be
  NotFoundInPath,  ///< FindProgram: no directory of PATH has it
  OtherUser,       ///< SetIds: the kernel has made us somebody else
  Interpreter,     ///< Execute: number is the errno of the program's interpreter, detail its path
  EmptyFile,       ///< Execute: there is nothing in it
  ForeignFile,     ///< Execute: a program for another machine
  NoFormat,        ///< Execute: neither a program for any machine nor a script
  Protocol,        ///< the host said something out of phase, or the image is not one
};

/// In Message::value beside the Fault: a seccomp filter was in force, and may be the reason.
constexpr std::uint32_t kUnderFilter = std::uint32_t{1} << 16;

/// The host's side, and the whole of what `berth start` says. As many of `slots` travel as there
/// are descriptors with it.
struct Answer {
  /// No message carries more: the kernel would take one more (SCM_MAX_FD), musl's sendmsg(3) takes
  /// 1024 bytes with their header.
  static constexpr std::size_t kMostFds = 252;
  static constexpr std::uint32_t kGo = 0x676f2121, kMore = 0x6d6f7265;
  /// In place of a slot of the Plan.
  static constexpr std::int32_t kImage = -2;  ///< first of all: what slots there are is in it
  static constexpr std::int32_t kTrace = -3;  ///< a memfd of Image::step_count Stamps

  std::uint32_t word = kGo;
  std::int32_t slots[kMostFds] = {};

  static constexpr std::size_t size_with(std::size_t fds) {
    return sizeof(std::uint32_t) + fds * sizeof(std::int32_t);
  }
};

}  // namespace berth::plan
