#include "runtime/plan/failure.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

#include "runtime/linux/base/system_error.h"
#include "runtime/plan/program_words.h"
#include "runtime/plan/words.h"
#include "spec/one_line.h"

namespace berth::plan {

namespace {

template <std::size_t kSize>
std::string bounded(const char (&text)[kSize]) {
  return {text, strnlen(text, kSize)};
}

/// A hint for an errno whose meaning at this step is known. `%` stands for the object of the call.
struct Hint {
  std::uint16_t op;
  int number;
  std::string_view text;
  std::string_view subject = {};        ///< if not empty, the hint is for this subject alone
  bool (*fits)(const Step&) = nullptr;  ///< if not null, the hint is for these steps alone
};

bool refuses_magic_links(const Step& step) { return step.as<CloneTree>().no_magic_links; }

constexpr std::string_view kOldOverlay =
    "layers of more than 255 bytes need Linux 6.7, and a single one of so many Linux 6.13";

constexpr Hint kHints[] = {
    {op_of<NewFilesystem>(), ENODEV, "the kernel has no filesystem '%'"},
    {op_of<Clone>(), ENOSPC, "a limit of /proc/sys/user/max_*_namespaces is reached"},
    {op_of<Clone>(), EPERM, "may an unprivileged user make user namespaces on this machine?"},
    {op_of<CloneTree>(), EINVAL,
     "below it are mounts that may not be uncovered: 'rbind' takes them along"},
    {op_of<CreateFilesystem>(), EPERM,
     "in a user namespace a new proc or sysfs has to show no more than "
     "that of the host; a bind mount of it can always be had"},
    {op_of<Clone>(), EAGAIN, "the pids limit of the cgroup, or of the user, is reached"},
    {op_of<NewKeyring>(), EDQUOT,
     "the user's quota of keys is used up; --no-new-keyring needs none"},
    {op_of<OpenProc>(), EPERM,
     "in a user namespace a new proc can be made for its own pid namespace alone, and has to show "
     "no "
     "more than that of the host"},
    {op_of<AttachRoot>(), ELOOP,
     "a part of the path is a magic link of procfs: name the directory itself"},
    {op_of<CloneTree>(),
     ELOOP,
     "in a namespace that is joined no part of the path may be a magic link",
     {},
     refuses_magic_links},
    {op_of<CloneTree>(), ELOOP, "its symbolic links form a loop, or are more than 40"},
    {op_of<Place>(), EINVAL,
     "mounts of a container without a mount namespace of its own need Linux 6.15 or later"},
    {op_of<EnterRoot>(), EINVAL,
     "on an initramfs pivot_root is not possible; --no-pivot does without"},
    {op_of<OpenTerminal>(), ENODEV, "'%' has to be a mount of type devpts"},
    {op_of<SetIds>(), EINVAL, "is the id mapped in the user namespace?"},
    {op_of<LoadSeccomp>(), EACCES, "it takes CAP_SYS_ADMIN, or 'noNewPrivileges' in /process"},
    {op_of<LoadSeccomp>(), EBUSY, "there is a filter with a listener already, and only one can be"},
    {op_of<ChangeDirectory>(), ELOOP,
     "the links of /proc/PID, as in '/proc/self/fd/3', lead nowhere"},
    {op_of<SetGroups>(), EINVAL, "are all ids mapped in the user namespace?"},
    {op_of<MapMountIds>(), EINVAL, "the file system '%' takes no id mapping on this kernel"},
    {op_of<SetLabel>(), ENOENT, "is the profile loaded?"},
    {op_of<SetLabel>(), EINVAL, "the policy in the kernel has no such label"},
    {op_of<SetMemoryPolicy>(), ENOSYS, "this kernel knows no memory policy"},
    {op_of<SetMemoryPolicy>(), EINVAL, "are the nodes there, do mode and flags go together?"},
    {op_of<SetIoPriority>(), EPERM, "the class takes CAP_SYS_NICE, and no user namespace has it"},
    {op_of<RunHook>(), EAGAIN,
     "a process of SCHED_DEADLINE needs SCHED_FLAG_RESET_ON_FORK for hooks"},
    {op_of<BecomeNamespaceRoot>(), EINVAL, "the mappings need the container's id 0"},
    {op_of<WriteTimeOffsets>(), ERANGE,
     "no clock can be set back before its 0, or on by 146 years"},
    {op_of<MakeDevice>(),
     EPERM,
     "a device program of a cgroup may forbid mknod; then the host's '%' is bound, if there is "
     "one",
     {},
     [](const Step& step) { return step.as<MakeDevice>().refused != Refused::Report; }},
    {op_of<FilesystemOption>(), EINVAL, kOldOverlay, "lowerdir+"},
    {op_of<FilesystemOption>(), EINVAL, kOldOverlay, "datadir+"},
};

std::string hint_for(const Step& step, int number, const std::string& subject) {
  for (const Hint& hint : kHints) {
    if (hint.op != step.op || hint.number != number) continue;
    if (hint.fits != nullptr && !hint.fits(step)) continue;
    if (!hint.subject.empty() && hint.subject != subject) continue;
    std::string text(hint.text);
    const std::size_t place = text.find('%');
    return place == std::string::npos ? text : text.replace(place, 1, subject);
  }
  return number == ENOSYS ? sys::kernel_hint() : "";
}

std::string exit_words(int status) {
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

std::string time_words(const RunHook& hook) {
  return "did not end within " + std::to_string(hook.timeout.count / 1000) + " s";
}

struct Row {
  Fault fault;
  ErrorKind kind;
  std::string_view text;  ///< empty: the text depends on the message
};

/// Its text is program_words().
constexpr Row kProgramFile = {Fault::NotExecutable, ErrorKind::System, {}};

constexpr Row kRows[] = {
    {Fault::SystemCall, ErrorKind::System, {}},
    {Fault::ExitStatus, ErrorKind::System, {}},
    {Fault::TimedOut, ErrorKind::System, {}},
    {Fault::NotNull, ErrorKind::Config, "not the null device, which is the character device 1:3"},
    {Fault::Symlink, ErrorKind::Config, "a part of this path is a symbolic link"},
    {Fault::InsideProc, ErrorKind::Config, "this path is inside of a proc file system"},
    {Fault::OutsideRoot, ErrorKind::Config, "not below the root of the container"},
    {Fault::OtherFile, ErrorKind::Config, "something else is there already"},
    {Fault::OtherDevice, ErrorKind::Config, "the host has something else there"},
    {Fault::OtherNode, ErrorKind::Config, {}},
    {Fault::OtherRoot, ErrorKind::System, "another directory is there by now"},
    {Fault::NotProc, ErrorKind::Config, "only a proc file system can be mounted there"},
    {Fault::NotFoundInPath, ErrorKind::System, "executable file not found in $PATH"},
    {Fault::OtherUser, ErrorKind::System, "the kernel has made it another user"},
    {Fault::Protocol, ErrorKind::Bug, "the host and berth-init do not understand each other"},
};

/// An unknown step or fault is a protocol error, which is the last row.
const Row& row_of(const Message& message) {
  const auto fault = static_cast<Fault>(message.value & kFaultBits);
  const auto* end = std::end(kRows) - 1;
  if (message.copy.op >= kStepTypes) return *end;
  if (is_of_program_file(fault)) return kProgramFile;
  return *std::find_if(std::begin(kRows), end, [&](const Row& row) { return row.fault == fault; });
}

std::string octal(std::uint32_t mode) {
  char digits[sizeof "07777"];
  (void)std::snprintf(digits, sizeof digits, "0%03o", mode & 07777);
  return digits;
}

/// Why the host's node cannot take the place of one that the kernel refuses to make.
std::string node_words(const Message& message, const Row& row) {
  const auto& wanted = message.copy.as<MakeDevice>();
  const FileFacts& found = message.file;
  std::string words = "mknod is refused here, and the host's node, which could be bound, ";
  if (row.fault == Fault::OtherDevice) return words + "is another device";
  if (((found.mode ^ wanted.device.mode) & 07777) != 0) {
    return words + "has the 'fileMode' " + octal(found.mode) + ", not " + octal(wanted.device.mode);
  }
  return words + "has the 'uid' and 'gid' " + std::to_string(found.owner) + ":" +
         std::to_string(found.group) + ", not " + std::to_string(wanted.owner.uid) + ":" +
         std::to_string(wanted.owner.gid);
}

/// What happened. The caller adds the words of the kernel or of a hook.
std::string reason(const Message& message, const Row& row) {
  const bool is_node = row.fault == Fault::OtherNode || row.fault == Fault::OtherDevice;
  if (is_node && message.copy.is<MakeDevice>()) return node_words(message, row);
  if (!row.text.empty()) return std::string(row.text);
  if (row.fault == Fault::ExitStatus) return exit_words(message.number);
  if (row.fault == Fault::TimedOut) return time_words(message.copy.as<RunHook>());
  const Step& step = message.copy;
  const bool is_program = step.is<Execute>() || step.is<FindProgram>() || step.is<RunHook>();
  return is_program ? program_words(message) : sys::errno_text(message.number);
}

/// Whether a seccomp filter may be the cause: it was in force at the failed call, or it killed the
/// hook.
bool is_by_filter(const Message& message, const Row& row) {
  if (row.fault == Fault::ExitStatus) {
    return WIFSIGNALED(message.number) && WTERMSIG(message.number) == SIGSYS;
  }
  return row.fault == Fault::SystemCall && (message.value & kUnderFilter) != 0;
}

/// Adds to the hint that the filter may be the cause.
std::string with_filter(std::string text) {
  constexpr std::string_view kFilter = "the filter of /linux/seccomp may have refused it";
  return text.empty() ? std::string(kFilter) : text.append("; ").append(kFilter);
}

/// The words of the step. The message has only the first of its texts, which is the subject.
std::string words_of_failed(const Step& step, const std::string& subject) {
  Description description = description_of(step, {});
  auto& members = description.members;
  const auto first = std::find_if(members.begin(), members.end(), [](const Member& member) {
    return member.kind == Member::Kind::Text;
  });
  if (first != members.end()) first->text = subject;
  return words_of(description);
}

}  // namespace

Error failure_of(const Message& message) {
  const std::string subject = bounded(message.subject), detail = bounded(message.detail);
  const Row& row = row_of(message);
  const Step& step = message.copy;
  std::string text, hint;
  if (row.fault == Fault::Protocol) {
    text = row.text;
  } else if (step.is<Execute>() || step.is<FindProgram>()) {
    // Engines search for this, down to the quotes.
    text = "exec: \"" + subject + "\": " + reason(message, row);
  } else {
    text = words_of_failed(step, subject) + ": " + reason(message, row);
    if (!detail.empty() && row.fault != Fault::NotExecutable) text += ": " + detail;
  }
  if (row.fault == Fault::SystemCall) hint = hint_for(step, message.number, subject);
  if (is_by_filter(message, row)) hint = with_filter(std::move(hint));
  return {row.kind, one_line(text), bounded(message.origin), hint};
}

void throw_failure(const Message& message) {
  const Error error = failure_of(message);
  const Step& step = message.copy;
  if (!step.is<Execute>() && !step.is<FindProgram>()) throw error;
  // An execve that says ENOENT of a file that was found does so because of the interpreter.
  throw ProgramError(error, step.is<FindProgram>() && message.number == ENOENT);
}

}  // namespace berth::plan
