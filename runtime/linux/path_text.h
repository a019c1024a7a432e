// Paths of the container as texts. Nothing is resolved here: symbolic links are init's business,
// which opens every path below the root of the container.
#pragma once

#include <string>
#include <string_view>

namespace berth::sys {

/// Absolute, without empty components, `.` and `..`; a relative path starts at `/`.
std::string clean_path(std::string_view path);

/// Below, not equal. Both are clean.
bool is_below(std::string_view path, std::string_view top);

/// A path of the host as config.json gives it: absolute, or relative to the bundle.
std::string bundle_path(const std::string& bundle, const std::string& path);

}  // namespace berth::sys
