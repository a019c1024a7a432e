// What the kernel refused: which call, on what, and errno. Thrown in runtime/linux alone; errnos
// that are expected are asked for by the _if_exists and _or_existing functions, not caught.
#pragma once

#include <string>

#include "spec/error.h"

namespace berth::sys {

/// The words of an errno, which are the same in every build: 'no such file or directory'.
std::string errno_text(int number);

/// What helps where the kernel does not know a call: berth is made for Linux 5.12, the first with
/// mount_setattr(2).
std::string kernel_hint();

class SystemError : public Error {
 public:
  /// Reads as `call 'subject': errno text`.
  SystemError(const std::string& call, const std::string& subject, int number);
};

/// Throws SystemError with the present errno.
[[noreturn]] void fail_errno(const std::string& call, const std::string& subject);

}  // namespace berth::sys
