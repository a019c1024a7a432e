// Paths as text. No symbolic link is followed here: berth-init does that, below the container's
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

/// The absolute form of a path. `.` and empty components are dropped; `..` and symbolic links
/// remain.
std::string absolute(const std::string& path);
/// As absolute(), but relative to `directory`, which is absolute, instead of the working directory.
std::string absolute_from(const std::string& directory, const std::string& path);
std::string current_directory();

}  // namespace berth::sys
