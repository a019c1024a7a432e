#include "runtime/plan/failure.h"

#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/linux/system_error.h"
#include "runtime/plan/op_words.h"

namespace berth::plan {

namespace {

template <std::size_t kSize>
std::string bounded(const char (&text)[kSize]) {
  return {text, strnlen(text, kSize)};
}

/// Where we know what an errno means at a step, and what helps. `%`: what the call was about.
struct Hint {
  Op op;
  int number;
  std::string_view text;
};

constexpr Hint kHints[] = {
    {Op::NewFilesystem, ENODEV, "the kernel has no filesystem '%'"},
    {Op::Clone, ENOSPC, "a limit of /proc/sys/user/max_*_namespaces is reached"},
    {Op::Clone, EAGAIN, "the pids limit of the cgroup, or of the user, is reached"},
    {Op::NewKeyring, EDQUOT, "the user's quota of keys is used up; --no-new-keyring needs none"},
    {Op::EnterRoot, EINVAL, "on an initramfs pivot_root is not possible; --no-pivot does without"},
    {Op::SetIds, EINVAL, "is the id mapped in the user namespace?"},
    {Op::SetGroups, EINVAL, "are all ids mapped in the user namespace?"},
    {Op::BecomeNamespaceRoot, EINVAL, "the mappings need the container's id 0"},
};

std::string hint_for(Op op, int number, const std::string& subject) {
  for (const Hint& hint : kHints) {
    if (hint.op != op || hint.number != number) continue;
    std::string text(hint.text);
    const std::size_t place = text.find('%');
    return place == std::string::npos ? text : text.replace(place, 1, subject);
  }
  return {};
}

/// Engines search these for what they tell their users, down to the quotes.
std::string execute_message(const Message& message, const std::string& subject,
                            const std::string& detail) {
  const std::string what = "exec: \"" + subject + "\": ";
  if (static_cast<Fault>(message.value) == Fault::NotFoundInPath) {
    return what + "executable file not found in $PATH";
  }
  // With a detail it is something else that does not exist: the interpreter.
  const bool is_missing = message.number == ENOENT && detail.empty();
  const std::string stat = is_missing ? "stat " + subject + ": " : "";
  return what + stat + sys::errno_text(message.number);
}

std::string exit_words(int status) {
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

/// What happened; the kernel's or a hook's own words are added to it.
std::string reason(const Message& message) {
  switch (static_cast<Fault>(message.value)) {
    case Fault::SystemCall:
      return sys::errno_text(message.number);
    case Fault::ExitStatus:
      return exit_words(message.number);
    case Fault::TimedOut:
      return "did not end within " + std::to_string(message.copy.number[2] / 1000) + " s";
    case Fault::NotNull:
      return "not the null device, which is the character device 1:3";
    case Fault::Symlink:
      return "a part of this path is a symbolic link";
    case Fault::InsideProc:
      return "this path is inside of a proc file system";
    case Fault::OutsideRoot:
      return "not below the root of the container";
    case Fault::OtherFile:
      return "something else is there already";
    case Fault::NotFoundInPath:
      return "no directory of PATH has it";
    case Fault::Protocol:
      return "the host and berth-init do not understand each other";
  }
  return "fault " + std::to_string(message.value);
}

ErrorKind kind_of(Fault fault) {
  switch (fault) {
    case Fault::NotNull:
    case Fault::Symlink:
    case Fault::InsideProc:
    case Fault::OutsideRoot:
    case Fault::OtherFile:
      return ErrorKind::Config;
    case Fault::Protocol:
      return ErrorKind::Bug;
    case Fault::SystemCall:
    case Fault::ExitStatus:
    case Fault::TimedOut:
    case Fault::NotFoundInPath:
      return ErrorKind::System;
  }
  return ErrorKind::Bug;
}

}  // namespace

Error failure_of(const Message& message) {
  const std::string subject = bounded(message.subject), detail = bounded(message.detail);
  const auto fault = static_cast<Fault>(message.value);
  const Op op = message.copy.op;
  const std::string hint =
      fault == Fault::SystemCall ? hint_for(op, message.number, subject) : std::string();
  std::string text;
  if (op == Op::Execute && (fault == Fault::SystemCall || fault == Fault::NotFoundInPath)) {
    text = execute_message(message, subject, detail);
  } else if (op < Op::kCount) {
    text = step_words(message.copy, subject, {}) + ": " + reason(message);
  } else {
    text = "berth-init: " + reason(message);
  }
  if (!detail.empty()) text += ": " + detail;
  return {kind_of(fault), text, bounded(message.origin), hint};
}

}  // namespace berth::plan
