#include "runtime/store/container_id.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "spec/error.h"

namespace berth::store {

namespace {

bool is_id_character(char c) {
  const bool is_alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_alphanumeric || c == '_' || c == '+' || c == '.' || c == '-';
}

/// A readable form of any character.
std::string words_for(char c) {
  if (c > ' ' && c <= '~') return std::string("'") + c + "'";
  std::array<char, 16> text = {};
  (void)std::snprintf(text.data(), text.size(), "byte 0x%02x", static_cast<unsigned char>(c));
  return text.data();
}

/// What was found and what is allowed, or an empty text for a valid id.
std::string mistake_in(const std::string& id) {
  constexpr std::size_t kLongest = 255;
  const auto wrong = std::find_if_not(id.begin(), id.end(), is_id_character);
  if (wrong != id.end()) return "found " + words_for(*wrong) + ", allowed: A-Z a-z 0-9 _ + . -";
  if (id.empty() || id.size() > kLongest) {
    return "found " + std::to_string(id.size()) + " bytes, allowed: 1 to " +
           std::to_string(kLongest);
  }
  return id.front() == '.' ? "found '.' as first byte, allowed: A-Z a-z 0-9 _ + -" : "";
}

}  // namespace

void check_id(const std::string& id) {
  const std::string wrong = mistake_in(id);
  if (!wrong.empty()) fail(ErrorKind::Config, wrong, "id");
}

bool is_id(const std::string& name) { return mistake_in(name).empty(); }

}  // namespace berth::store
