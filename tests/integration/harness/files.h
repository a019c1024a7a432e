// Files of the host, as whole texts. What a test needs to be there is read with read_file, which
// fails the test; what may be missing with read_file_if_exists.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace berth::test {

std::string read_file(const std::string& path);
/// Nothing when it is missing, or when its process is gone (/proc).
std::optional<std::string> read_file_if_exists(const std::string& path);
/// Makes or replaces it; the mode is exact, whatever the umask.
void write_file(const std::string& path, const std::string& text, mode_t mode = 0644);
/// One write(2) to a file that exists: for /proc and cgroups.
void write_value(const std::string& path, const std::string& value);

/// Sorted, without . and ..; none when there is no such directory.
std::vector<std::string> names_in(const std::string& directory);

std::vector<std::string> lines_of(const std::string& text);
std::vector<std::string> words_of(const std::string& text);
/// What `lines` has and `others` has not.
std::vector<std::string> without(std::vector<std::string> lines,
                                 const std::vector<std::string>& others);
bool contains(const std::string& text, const std::string& part);

}  // namespace berth::test
