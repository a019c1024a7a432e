#include "spec/config/semver.h"

#include <charconv>

namespace berth::spec {

namespace {

/// Removes the leading number and the dot after it, and returns the number.
unsigned take_number(std::string_view& text) {
  unsigned number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (text.starts_with('.')) text.remove_prefix(1);
  return number;
}

}  // namespace

bool is_older_than_minor(std::string_view version, unsigned minor) {
  (void)take_number(version);  // the major version is always 1
  const unsigned found = take_number(version);
  if (found != minor) return found < minor;
  return take_number(version) == 0 && version.starts_with('-');
}

}  // namespace berth::spec
