#include "spec/config/semver.h"

#include "spec/text.h"

namespace berth::spec {

bool is_older_than_minor(std::string_view version, unsigned minor) {
  (void)text::take(version, '.');  // the major version is always 1
  unsigned found = 0;
  (void)text::read_number(text::take(version, '.'), found);  // the version is valid, or empty
  return found < minor || (found == minor && version.starts_with("0-"));
}

}  // namespace berth::spec
