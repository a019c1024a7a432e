// Device rules as a config has them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "spec/config/config.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {

using Rules = std::vector<spec::DeviceRule>;

inline const spec::DeviceRule kDenyAll{.allow = false, .access = "rwm"};
inline const spec::DeviceRule kAllowAll{.allow = true, .type = "a", .access = "rwm"};

inline spec::DeviceRule rule(bool allow, std::string type, int major, int minor,
                             std::string access) {
  return {.allow = allow,
          .type = std::move(type),
          .major = major,
          .minor = minor,
          .access = std::move(access)};
}

}  // namespace berth::plan
