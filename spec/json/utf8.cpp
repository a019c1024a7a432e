#include "spec/json/utf8.h"

#include <cstdint>
#include <cstring>

namespace berth::spec {

namespace {

/// A row of RFC 3629, section 4: first bytes, range of the second byte, length. Later bytes are 80
/// to BF. Surrogates, overlong forms and numbers above U+10FFFF have no row.
struct Row {
  unsigned char first, last, second_min, second_max;
  std::size_t length;
};
constexpr Row kRows[] = {
    {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

unsigned char byte(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

bool matches(const Row& row, std::string_view text) {
  const unsigned char first = byte(text, 0);
  if (first < row.first || first > row.last || text.size() < row.length) return false;
  if (row.length == 1) return true;
  if (byte(text, 1) < row.second_min || byte(text, 1) > row.second_max) return false;
  for (std::size_t i = 2; i < row.length; i++) {
    if ((byte(text, i) & 0xC0) != 0x80) return false;
  }
  return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  for (const Row& row : kRows) {
    if (matches(row, text)) return row.length;
  }
  return 0;
}

namespace {

/// The offset of the next byte that is not ASCII; most texts have none.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  using Word = std::uint64_t;
  constexpr Word kHighBits = 0x8080808080808080;
  for (Word word = 0; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHighBits) != 0) break;
  }
  while (at < text.size() && byte(text, at) < 0x80) at++;
  return at;
}

}  // namespace

std::size_t find_bad_utf8(std::string_view text) {
  std::size_t at = 0;
  for (;;) {
    at = skip_ascii(text, at);
    if (at == text.size()) return std::string_view::npos;
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
}

bool is_plain_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && find_bad_utf8(text) == std::string_view::npos;
}

}  // namespace berth::spec
