// The paths and files that a command line names besides the container.
#pragma once

#include <string>

namespace berth::container {

/// The absolute path of a state root; if it is empty, the default of this user
/// (store::default_root).
std::string state_root(const std::string& given);

/// The absolute path of a bundle; if it is empty, the current directory.
std::string bundle_directory(const std::string& given);

/// Follows symlinks; false also if nothing is there.
bool is_directory(const std::string& path);

/// Appends with one write; the file is made (0600) if it is missing. A pipe without a reader is an
/// error, and berth does not wait for one.
void append_to_file(const std::string& path, const std::string& bytes);

/// Writes all of it, or throws an error that says why not.
void write_to_standard_output(const std::string& text);

}  // namespace berth::container
