// The paths and files that a command line names, beside the container itself.
#pragma once

#include <string>

namespace berth::container {

/// Absolute form of a state root; the default of this user (store::default_root) when it is empty.
std::string state_root(const std::string& given);

/// Absolute form of a bundle; the current directory when it is empty.
std::string bundle_directory(const std::string& given);

/// Follows symlinks; false also when there is nothing.
bool is_directory(const std::string& path);

/// Appends with one write; the file is made (0600) when it is missing. A pipe that nobody reads is
/// an error, not waited for.
void append_to_file(const std::string& path, const std::string& bytes);

/// All of it, or an error that tells why not.
void write_to_standard_output(const std::string& text);

}  // namespace berth::container
