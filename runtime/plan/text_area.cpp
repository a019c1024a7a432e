#include "runtime/plan/text_area.h"

#include <cstring>

namespace berth::plan {

std::string_view text_in(std::string_view area, Text text) {
  if (text.offset >= area.size()) return {};
  const std::string_view rest = area.substr(text.offset);
  return rest.substr(0, rest.find('\0'));
}

std::vector<std::string> list_in(std::string_view area, TextList list) {
  std::vector<std::string> texts;
  Text next{list.offset};
  while (texts.size() < list.count && next.offset < area.size()) {
    next.offset += static_cast<std::uint32_t>(texts.emplace_back(text_in(area, next)).size()) + 1;
  }
  return texts;
}

std::vector<std::uint32_t> numbers_in(std::string_view area, NumberList list) {
  const std::uint64_t size = std::uint64_t{list.count} * sizeof(std::uint32_t);
  if (size == 0 || list.offset + size > area.size()) return {};
  std::vector<std::uint32_t> numbers(list.count);
  std::memcpy(numbers.data(), area.data() + list.offset, size);
  return numbers;
}

}  // namespace berth::plan
