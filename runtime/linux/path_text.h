// Paths as text. Nothing is resolved here: berth-init follows symbolic links, below the container's
// root.
#pragma once

#include <string>
#include <string_view>

namespace berth::sys {

/// Makes a path absolute, without empty components, `.` and `..`; a relative path starts at `/`.
std::string clean_path(std::string_view path);

/// Whether `path` is below `top` and not equal to it. Both are clean paths.
bool is_below(std::string_view path, std::string_view top);

/// A host path of config.json: absolute, or relative to the bundle.
std::string bundle_path(const std::string& bundle, const std::string& path);

}  // namespace berth::sys
