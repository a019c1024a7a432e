// Splits, trims and reads texts. The parts refer to the text that they are parts of.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <vector>

namespace berth::text {

/// Removes the part before the first separator, and the separator, and returns the part.
inline std::string_view take(std::string_view& text, char separator) {
  // memchr(3), which find() of a string_view uses, is slower than a loop for words this short.
  const auto size =
      static_cast<std::size_t>(std::find(text.begin(), text.end(), separator) - text.begin());
  const std::string_view part = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return part;
}

/// Calls `use` for each part that is not empty.
template <class Use>
void for_each_word(std::string_view text, char separator, Use use) {
  while (!text.empty()) {
    const std::string_view word = take(text, separator);
    if (!word.empty()) use(word);
  }
}

/// Returns the parts that are not empty, as std::string or std::string_view.
template <class Text = std::string_view>
std::vector<Text> words(std::string_view text, char separator) {
  std::vector<Text> words;
  for_each_word(text, separator, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

/// Returns all parts, including empty ones: one more than there are separators.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  const auto separators = std::count(text.begin(), text.end(), separator);
  std::vector<std::string_view> parts;
  for (std::ptrdiff_t i = 0; i <= separators; ++i) parts.push_back(take(text, separator));
  return parts;
}

/// Removes blanks and line breaks at both ends.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// Whether one of the lines is `line`.
inline bool has_line(std::string_view text, std::string_view line) {
  while (!text.empty()) {
    if (take(text, '\n') == line) return true;
  }
  return false;
}

/// Whether all of the text is a decimal number that fits; stores it then.
template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  Number read = 0;
  const auto parsed = std::from_chars(text.data(), end, read);
  if (parsed.ec != std::errc() || parsed.ptr != end) return false;
  number = read;
  return true;
}

}  // namespace berth::text
