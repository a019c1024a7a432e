#include "runtime/linux/system_error.h"

#include <sys/utsname.h>

#include <cctype>
#include <cerrno>
#include <cstring>

namespace berth::sys {

std::string errno_text(int number) {
  std::string text = strerrordesc_np(number) ? strerrordesc_np(number) : std::to_string(number);
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1]))) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

std::string kernel_hint() {
  utsname system = {};
  (void)uname(&system);  // without it the hint says less
  return std::string("berth needs Linux 5.12 or newer, and this is ") + system.release +
         "; around berth a seccomp filter may refuse newer calls";
}

SystemError::SystemError(const std::string& call, const std::string& subject, int number)
    : Error(ErrorKind::System,
            call + " '" + subject + "': " + errno_text(number) +
                (number == ENOSYS ? "; hint: " + kernel_hint() : ""),
            number) {}

void fail_errno(const std::string& call, const std::string& subject) {
  throw SystemError(call, subject, errno);
}

}  // namespace berth::sys
