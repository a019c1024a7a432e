#include "spec/json/rules.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "spec/text.h"

namespace berth::spec {

bool Words::holds(std::string_view value) const {
  for (std::string_view rest = words; !rest.empty();) {
    if (text::take(rest, ' ') == value) return true;
  }
  return false;
}

std::string Words::allowed() const {
  std::string text;
  for (const char next : words) (text += next == ' ' ? "," : "") += next;
  return text;
}

std::vector<std::string> Words::list() const { return text::words<std::string>(words, ' '); }

const WordValue* WordTable::find(std::string_view word) const {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const WordValue& other) { return other.word == word; });
  return row == rows.end() ? nullptr : &*row;
}

std::string WordTable::allowed() const {
  std::string text;
  for (const WordValue& row : rows) (text += text.empty() ? "" : ", ") += row.word;
  return text;
}

std::vector<std::string> WordTable::list() const {
  std::vector<std::string> list;
  for (const WordValue& row : rows) list.emplace_back(row.word);
  return list;
}

std::uint64_t WordTable::value_of(std::string_view word) const {
  const WordValue* const row = find(word);
  assert(row != nullptr);
  return row->value;
}

std::uint64_t WordTable::bits_of(std::span<const std::string> words) const {
  std::uint64_t bits = 0;
  for (const std::string& word : words) bits |= value_of(word);
  return bits;
}

std::string WordTable::words_of(std::uint64_t bits) const {
  std::string text;
  for (const WordValue& row : rows) {
    if ((bits & row.value) != 0) (text += text.empty() ? "" : ", ") += row.word;
  }
  return text;
}

std::string Range::allowed() const {
  if (max == UINT64_MAX || max == INT64_MAX) {
    return min == INT64_MIN ? "an integer of 64 bits"
                            : "an integer of at least " + std::to_string(min);
  }
  return "an integer from " + std::to_string(min) + " to " + std::to_string(max);
}

}  // namespace berth::spec
