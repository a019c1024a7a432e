// The talk between berth and init: fixed structs on one SEQPACKET pair until the container is
// ready, then on a connection to the start socket. A message out of phase is a protocol error; an
// end of file means that the other side has exited.
//
//   init                              host
//                        ◀──          Go, with the image, the trace and the slots that are open
//   Born {pid}           ──▶          (prologue) the child exists; the host is its parent, too.
//                                     The child's own first message may arrive earlier; each
//                                     message comes with the pid of its sender
//                        ◀──          Go, unasked: the answer to Sync::Cgroups
//   AtSync {Sync}        ──▶          the host executes the steps after this Synchronize
//                        ◀──          Go, with the descriptors of slots filled meanwhile
//   Listener + descriptor ──▶         seccomp: to the agent; also on the start socket, see below
//                        ◀──          Go
//   Born {}              ──▶          (exec: the fork in a joined pid namespace) the sender is the
//                                     child from now on; in a create its message at Ready says so
//   Failed {step, errno, texts}       at any time, then exit
//
// In an exec init itself is the child: it begins with its steps, and has no other sync points than
// those at which the host has something to do.
//
//   start socket:        ◀──          Go, by `berth start`
//   Executing            ──▶          only limits, filter and execve are left: from now on an
//                                     end of file means that execve succeeded (close-on-exec)
//   Listener + descriptor ──▶         with no_new_privs the filter is loaded this late
//                        ◀──          Go
//   Failed               ──▶          init could not execute the program
//
// For `run`, the talk on the pair continues after Ready, whose Go also starts the program. A
// message carries a limited number of descriptors, each with the number of its slot. If there are
// more, each message except the last says More instead of Go.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>

#include "runtime/plan/steps/steps.h"

namespace berth::plan {

enum class Word : std::uint32_t { Born, AtSync, Listener, Executing, Failed };

/// The machine of berth's own programs, as in an ELF header; and one whose 32-bit programs many
/// kernels execute as well.
#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64, kSmallMachine = EM_386;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64, kSmallMachine = EM_ARM;
#endif

/// What init has read of a file and, if it is a program's, who wants to execute it.
struct FileFacts {
  std::uint32_t mode = 0;  ///< st_mode; 0: unknown
  std::uint32_t owner = 0, group = 0;
  std::uint32_t user = 0, user_group = 0;  ///< the effective ids of init
  // Of an ELF header, see elf(5):
  std::uint16_t type = 0, machine = 0;
  std::uint8_t elf_class = 0, byte_order = 0;
};

/// What init sends. Failed is always the last message.
struct Message {
  Word word = Word::Failed;
  std::uint32_t value = 0;  ///< Born: pid on the host, or 0: the sender's. AtSync: Sync. Failed:
                            ///< see Fault
  std::uint32_t step = 0;   ///< index into the image
  std::int32_t number = 0;  ///< errno; for Fault::ExitStatus the wait status; else 0
  Step copy;                ///< Failed: the step; outside of the image its offsets mean nothing
  char origin[128] = {};    ///< of the step; this and the other texts are cut if they are too long
  char subject[256] = {};   ///< the object of the call: the step's subject, or a path within it
  char detail[256] = {};    ///< the kernel's own words from the fsopen log, a hook's last output,
                            ///< or what the Fault says
  FileFacts file;           ///< for a Fault of a program's file, or of a device's
};

/// The kind of failure, which also says what `number` means.
enum class Fault : std::uint32_t {
  SystemCall,      ///< number is errno
  ExitStatus,      ///< a hook ended: number is its wait status
  TimedOut,        ///< a hook did not end in its time
  NotNull,         ///< OpenNull: not the character device 1:3
  Symlink,         ///< Place: a component of a protected destination is a symbolic link
  InsideProc,      ///< Place: the destination is in a procfs
  OutsideRoot,     ///< ChangeDirectory: the directory is not below the root
  OtherFile,       ///< MakeDevice, Place of a copied link: something else is there
  OtherDevice,     ///< CheckDevice, MakeDevice: the host has something else there
  OtherNode,       ///< MakeDevice: the host's node has another mode or owner, as in file
  OtherRoot,       ///< AttachRoot: the path now leads to another directory
  NotProc,         ///< Place: not a procfs, where only a procfs may be
  NotFoundInPath,  ///< FindProgram: no directory of PATH has it
  OtherUser,       ///< SetIds: the kernel has set other ids
  // Of the file that FindProgram, Execute or RunHook has to execute, or of its interpreter or
  // loader (kOfInterpreter, kOfLoader). number is the errno of execve(2). If no other meaning is
  // given, detail is the path of that file, or empty for a file that the step names.
  Missing,
  DanglingLink,   ///< detail: the link, and after its null where it leads
  LinkLoop,       ///< detail: as of DanglingLink, one of the links
  NotDirectory,   ///< detail: the path of the file that is in the place of a directory
  Unsearchable,   ///< detail: the path of the directory
  NoExecMount,    ///< detail: the path of the mount, or empty
  NotExecutable,  ///< not a regular file, or one without permission
  EmptyFile,
  WrongElf,             ///< for another machine, or not a program
  NoFormat,             ///< neither a program for any machine nor a script
  NoInterpreter,        ///< `#!` and no path
  LongLine,             ///< `#!` and a path that is too long
  TooManyInterpreters,  ///< interpreters that are scripts themselves
  BadLoader,            ///< a loader that is not for this machine
  Protocol,             ///< the host's message is out of phase, or the image is invalid
};

/// A bit of Message::value beside the Fault: a seccomp filter was in force and may be the cause.
constexpr std::uint32_t kUnderFilter = std::uint32_t{1} << 16;
/// Two more: the Fault is about the interpreter that a script names, at any depth, or about the
/// loader that a program names.
constexpr std::uint32_t kOfInterpreter = std::uint32_t{1} << 17;
constexpr std::uint32_t kOfLoader = std::uint32_t{1} << 18;
/// The other bits of Message::value are the Fault.
constexpr std::uint32_t kFaultBits = kUnderFilter - 1;

/// What the host sends, and all that `berth start` sends. A message has as many `slots` as it has
/// descriptors.
struct Answer {
  /// The most descriptors of one message. The kernel would take one more (SCM_MAX_FD), but musl's
  /// sendmsg(3) takes no more than 1024 bytes of them with their header.
  static constexpr std::size_t kMostFds = 252;
  static constexpr std::uint32_t kGo = 0x676f2121, kMore = 0x6d6f7265;
  /// These stand in `slots` for descriptors that have no slot in the Plan.
  static constexpr std::int32_t kImage = -2;  ///< comes first: it says which slots there are
  static constexpr std::int32_t kTrace = -3;  ///< a memfd of Image::step_count Stamps

  std::uint32_t word = kGo;
  std::int32_t slots[kMostFds] = {};

  static constexpr std::size_t size_with(std::size_t fds) {
    return sizeof(std::uint32_t) + fds * sizeof(std::int32_t);
  }
};

}  // namespace berth::plan
