#include "runtime/cli/values.h"

#include "spec/error.h"
#include "spec/text.h"

namespace berth::cli {

void require_one_of(const char* flag, const std::string& value,
                    std::initializer_list<const char*> allowed) {
  std::string list;
  for (const char* const each : allowed) {
    if (value == each) return;
    list += (list.empty() ? "" : ", ") + std::string(each);
  }
  fail(ErrorKind::Config, "'" + value + "' is not one of " + list, flag);
}

void refuse_if(bool given, const char* flag, const std::string& what) {
  if (given) fail(ErrorKind::Unsupported, what + "not supported yet", flag);
}

std::uint32_t number_of(const char* flag, const std::string& value) {
  std::uint32_t number = 0;
  if (text::read_number(value, number)) return number;
  fail(ErrorKind::Config, "'" + value + "' is not a number from 0 to 4294967295", flag);
}

}  // namespace berth::cli
