#include "spec/json.h"

#include <algorithm>

namespace berth::spec {

namespace {

/// How many bytes at the beginning are ASCII that stands for itself: nearly always all.
std::size_t plain_length(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < '\x7F' && c != '"' && c != '\\';
  });
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

std::string json_quote(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  while (true) {
    const std::size_t plain = plain_length(text);
    quoted += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char first = text[0];
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      quoted += "\xEF\xBF\xBD";
    } else if (first == '"' || first == '\\') {
      (quoted += '\\') += first;
    } else if (first == '\n') {
      quoted += "\\n";
    } else if (length == 1 && (static_cast<unsigned char>(first) < 0x20 || first == 0x7F)) {
      ((quoted += "\\u00") += kHex[first >> 4]) += kHex[first & 15];
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted += '"';
}

void JsonWriter::open(char bracket) {
  text_ += bracket;
  depth_++;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  depth_--;
  if (pretty_ && !first_) text_.append("\n").append(2 * depth_, ' ');
  text_ += bracket;
  first_ = false;
}

void JsonWriter::next() {
  if (!first_) text_ += ',';
  first_ = false;
  if (pretty_) text_.append("\n").append(2 * depth_, ' ');
}

void JsonWriter::key(std::string_view name) {
  next();
  text_ += json_quote(name);
  text_ += pretty_ ? ": " : ":";
}

void JsonWriter::rewind(const Mark& mark) {
  text_.resize(mark.size);
  first_ = mark.first;
}

}  // namespace berth::spec
