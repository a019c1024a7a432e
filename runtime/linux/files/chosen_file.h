// Files at paths that the caller chose. Such a path may name a pipe or a device, and berth must not
// block on it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace berth::sys {

/// Replaces the file at a path that the caller chose, and leaves no temporary file when berth is
/// killed. A character device or a pipe, such as /dev/stdout, is written to; berth does not wait
/// for its reader.
void replace_file(const std::string& path, const std::string& bytes, mode_t mode);
/// Reads a file at a path that the caller chose; anything but a regular file is a Config error.
std::string read_regular_file(const std::string& path, std::size_t limit);
/// Reads also a pipe that berth has got from its caller, as /dev/fd/63 of a shell's <(COMMAND), to
/// its end.
std::string read_file_or_own_pipe(const std::string& path, std::size_t limit);
/// Reads standard input to its end.
std::string read_standard_input(std::size_t limit);
/// Appends to a file at a path that the caller chose, and creates it if it is missing. Like
/// replace_file(), it does not wait for the reader of a pipe.
void append_to_file(const std::string& path, const std::string& bytes, mode_t mode);
/// Writes all of the bytes, and throws when standard output does not accept them.
void write_to_standard_output(const std::string& bytes);

}  // namespace berth::sys
