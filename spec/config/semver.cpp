#include "spec/config/semver.h"

#include <charconv>
#include <string>

#include "spec/text.h"

namespace berth::spec {

bool is_older_than_minor(std::string_view version, unsigned minor) {
  (void)text::take(version, '.');  // the major version is always 1
  unsigned found = 0;
  std::from_chars(version.data(), version.data() + version.size(), found);
  return found < minor || version.starts_with(std::to_string(minor) + ".0-");
}

}  // namespace berth::spec
