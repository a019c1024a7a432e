#include "runtime/linux/system_error.h"

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

SystemError::SystemError(const std::string& call, const std::string& subject, int number)
    : Error(ErrorKind::System, call + " '" + subject + "': " + errno_text(number), number) {}

void fail_errno(const std::string& call, const std::string& subject) {
  throw SystemError(call, subject, errno);
}

}  // namespace berth::sys
