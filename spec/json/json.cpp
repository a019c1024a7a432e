#include "spec/json/json.h"

#include <algorithm>
#include <array>

#include "spec/json/utf8.h"

namespace berth::spec {

namespace {

/// Whether a byte needs no escape. Nearly all text consists of such bytes, so a table is quickest.
constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> table = {};
  for (std::size_t c = ' '; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

/// The number of leading bytes that need no escape.
std::size_t plain_length(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(),
                                    [](char c) { return kIsPlain[static_cast<unsigned char>(c)]; });
  return static_cast<std::size_t>(end - text.begin());
}

void append_quoted(std::string& to, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  to += '"';
  while (true) {
    const std::size_t plain = plain_length(text);
    to += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char first = text[0];
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      to += "\xEF\xBF\xBD";
    } else if (first == '"' || first == '\\') {
      (to += '\\') += first;
    } else if (first == '\n') {
      to += "\\n";
    } else if (length == 1) {
      ((to += "\\u00") += kHex[first >> 4]) += kHex[first & 15];
    } else {
      to += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  to += '"';
}

}  // namespace

std::string json_quote(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  return quoted;
}

void JsonWriter::open(char bracket) {
  text_ += bracket;
  depth_++;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  depth_--;
  if (pretty_ && !first_) (text_ += '\n').append(2 * depth_, ' ');
  text_ += bracket;
  first_ = false;
}

void JsonWriter::next() {
  if (!first_) text_ += ',';
  first_ = false;
  if (pretty_) (text_ += '\n').append(2 * depth_, ' ');
}

void JsonWriter::member(std::string_view name) {
  next();
  (text_ += '"').append(name).append("\": ", pretty_ ? 3 : 2);
}

void JsonWriter::key(std::string_view name) {
  next();
  append_quoted(text_, name);
  text_ += pretty_ ? ": " : ":";
}

void JsonWriter::quoted(std::string_view text) { append_quoted(text_, text); }

void JsonWriter::rewind(const Mark& mark) {
  text_.resize(mark.size);
  first_ = mark.first;
}

}  // namespace berth::spec
