#include "tests/faults/fault.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace berth::faults {

namespace {

int error_number(const std::string& name) {
  constexpr int kLargest = 133;
  if (name == "0") return 0;
  for (int number = 1; number <= kLargest; ++number) {
    const char* known = strerrorname_np(number);
    if (known != nullptr && name == known) return number;
  }
  (void)std::fprintf(stderr, "no error is called '%s'\n", name.c_str());
  std::exit(2);
}

}  // namespace

std::map<std::string, int> parse_errors(const std::string& text) {
  std::map<std::string, int> errors;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t equals = part.find('=');
    errors[part.substr(0, equals)] =
        error_number(equals == std::string::npos ? "" : part.substr(equals + 1));
    begin = end + 1;
  }
  return errors;
}

int error_of(const Fault& fault, const std::string& call) {
  auto found = fault.errors.find(call);
  if (found == fault.errors.end()) found = fault.errors.find("*");
  return found == fault.errors.end() ? 0 : found->second;
}

}  // namespace berth::faults
