#include "spec/config/requirement.h"

#include <algorithm>

#include "spec/short_text.h"
#include "spec/text.h"

namespace berth::spec {

namespace {

struct Row {
  ShortText<56> pattern;  ///< a pointer in which `*` stands for any name or index
  ShortText<16> id;
};

constexpr Row kRows[] = {
#include BERTH_REQUIREMENT_ROWS
};

/// The number of tokens of the pattern if it matches the pointer or a parent of it, else 0.
std::size_t fit(std::string_view pattern, std::string_view pointer) {
  const auto wanted = text::split(pattern, '/'), parts = text::split(pointer, '/');
  const bool matches =
      wanted.size() <= parts.size() &&
      std::equal(wanted.begin(), wanted.end(), parts.begin(),
                 [](auto token, auto part) { return token == "*" || token == part; });
  return matches ? wanted.size() : 0;
}

}  // namespace

std::string_view requirement_of(std::string_view pointer) {
  std::string_view id;
  std::size_t best = 0;
  for (const Row& row : kRows) {
    const std::size_t parts = fit(row.pattern, pointer);
    if (parts > best) id = row.id;
    best = std::max(best, parts);
  }
  return id;
}

}  // namespace berth::spec
