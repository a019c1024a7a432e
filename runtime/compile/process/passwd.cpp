#include "runtime/compile/process/passwd.h"

#include <cstddef>

#include "spec/text.h"

namespace berth::plan {

namespace {

/// name:password:uid:gid:gecos:home:shell
constexpr std::size_t kUid = 2;
constexpr std::size_t kHome = 5;

std::string_view field_of(std::string_view line, std::size_t number) {
  for (; number > 0; --number) (void)text::take(line, ':');
  return text::take(line, ':');
}

bool is_number(std::string_view text, std::uint32_t wanted) {
  std::uint32_t number = 0;
  return text::read_number(text, number) && number == wanted;
}

}  // namespace

std::string home_directory(std::string_view passwd, std::uint32_t uid) {
  while (!passwd.empty()) {
    const std::string_view line = text::take(passwd, '\n');
    if (!is_number(field_of(line, kUid), uid)) continue;
    const std::string_view home = field_of(line, kHome);
    return home.starts_with('/') && home.find('\0') == std::string_view::npos ? std::string(home)
                                                                              : "/";
  }
  return "/";
}

}  // namespace berth::plan
