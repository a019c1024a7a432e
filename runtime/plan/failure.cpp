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

std::string hint_for(const Description& step, int number, const std::string& subject) {
  for (const Hint& hint : step.hints) {
    if (hint.number != number || (!hint.subject.empty() && hint.subject != subject)) continue;
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

/// The message has only the first of the step's texts, which is the subject.
Description description_of_failed(const Step& step, const std::string& subject) {
  Description description = description_of(step, {});
  auto& members = description.members;
  const auto first = std::find_if(members.begin(), members.end(), [](const Member& member) {
    return member.kind == Member::Kind::Text;
  });
  if (first != members.end()) first->text = subject;
  return description;
}

}  // namespace

Error failure_of(const Message& message) {
  const std::string subject = bounded(message.subject), detail = bounded(message.detail);
  const Row& row = row_of(message);
  const Step& step = message.copy;
  // Of a protocol error the step may be no step at all.
  const bool is_step = row.fault != Fault::Protocol;
  const Description description = is_step ? description_of_failed(step, subject) : Description{};
  std::string text, hint;
  if (!is_step) {
    text = row.text;
  } else if (step.is<Execute>() || step.is<FindProgram>()) {
    // Engines search for this, down to the quotes.
    text = "exec: \"" + subject + "\": " + reason(message, row);
  } else {
    text = words_of(description) + ": " + reason(message, row);
    if (!detail.empty() && row.fault != Fault::NotExecutable) text += ": " + detail;
  }
  if (row.fault == Fault::SystemCall) hint = hint_for(description, message.number, subject);
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
