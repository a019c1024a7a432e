#include "spec/config/requirement.h"

#include <algorithm>

namespace berth::spec {

namespace {

struct Row {
  std::string_view pattern;  ///< a pointer in which `*` stands for any name or index
  std::string_view id;
};

constexpr Row kRows[] = {
#include BERTH_REQUIREMENT_ROWS
};

std::string_view take_part(std::string_view& path) {
  const std::string_view part = path.substr(0, path.find('/', 1));
  path.remove_prefix(part.size());
  return part;
}

/// The number of tokens of the pattern if it matches the pointer or a parent of it, else 0.
std::size_t fit(std::string_view pattern, std::string_view pointer) {
  std::size_t parts = 0;
  for (; !pattern.empty(); ++parts) {
    const std::string_view wanted = take_part(pattern);
    const std::string_view part = take_part(pointer);
    if (part.empty() || (wanted != "/*" && wanted != part)) return 0;
  }
  return parts;
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
