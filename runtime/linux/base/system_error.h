// An error of the kernel: the call, its object and errno. Only runtime/linux throws it. An expected
// errno is not caught but handled by the _if_exists and _or_existing functions.
#pragma once

#include <string>

#include "spec/error.h"

namespace berth::sys {

/// The text of an errno, identical in every build: 'no such file or directory'.
std::string errno_text(int number);

/// The hint for ENOSYS: berth needs Linux 5.12, the first release with mount_setattr(2).
std::string kernel_hint();

class SystemError : public Error {
 public:
  /// The message is `call 'subject': errno text`.
  SystemError(const std::string& call, const std::string& subject, int number);
};

/// Throws a SystemError with the current errno.
[[noreturn]] void fail_errno(const std::string& call, const std::string& subject);

}  // namespace berth::sys
