// Opens, reads and writes files. Each function throws SystemError with the full path; the
// _if_exists functions return nothing for a file that may be missing. A directory in the place of a
// file that is to be read or written counts as missing (EISDIR), unless the file would be created.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/system_error.h"

namespace berth::sys {

/// Opens a path of the host. O_CLOEXEC is added. open(2)
Fd open(const std::string& path, int flags, mode_t mode = 0);
/// As open(), but returns nothing if the file does not exist (ENOENT, ENOTDIR, ESRCH).
std::optional<Fd> open_if_exists(const std::string& path, int flags);
/// Opens a directory with O_PATH.
Dir open_dir(const std::string& path);
std::optional<Dir> open_dir_if_exists(const std::string& path);

Fd open_at(const Dir& dir, const std::string& entry, int flags, mode_t mode = 0);
/// Returns nothing also if `dir` belongs to a kernel file system and was removed (ENODEV).
std::optional<Fd> open_at_if_exists(const Dir& dir, const std::string& entry, int flags,
                                    mode_t mode = 0);
/// Opens a directory with O_PATH; a symbolic link to one is not followed and counts as missing.
Dir open_dir_at(const Dir& dir, const std::string& entry);
std::optional<Dir> open_dir_at_if_exists(const Dir& dir, const std::string& entry);
/// Resolves the path as if `root` were "/": openat2(2) RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS.
std::optional<Fd> open_in_root_if_exists(const Dir& root, const std::string& path, int flags);

/// Reads a regular file of an image. Anything else, such as a device or a pipe, is not opened and
/// counts as missing; so does an empty file, or one of /proc, to which a link may lead.
std::optional<std::string> read_in_root_if_regular(const Dir& root, const std::string& path,
                                                   std::size_t limit);

/// Reads to the end; a file of more than `limit` bytes is a Config error ('larger than N bytes').
/// If it has the `expected` size, memory is allocated only once, and nothing is read at its end.
std::string read_all(const Fd& fd, const std::string& name, std::size_t limit = 1u << 20,
                     std::size_t expected = 0);
std::string read_file(const std::string& path, std::size_t limit = 1u << 20);
std::string read_file_at(const Dir& dir, const std::string& entry, std::size_t limit = 1u << 20);
std::optional<std::string> read_file_at_if_exists(const Dir& dir, const std::string& entry,
                                                  std::size_t limit = 1u << 20,
                                                  std::size_t expected = 0);
std::optional<std::string> read_file_if_exists(const std::string& path,
                                               std::size_t limit = 1u << 20);

/// Reads a file of /proc or of a cgroup whose text, of less than 4096 bytes, the kernel makes for
/// one read(2): no second one is needed to find its end.
std::optional<std::string> read_once_if_exists(const std::string& path);

/// Writes the whole value with one write(2), as the files of /proc, /sys and cgroups require.
void write_at(const Dir& dir, const std::string& entry, const std::string& value);
/// As write_at(), but returns false if the file does not exist, or is one of a cgroup that is
/// removed before the write.
bool write_at_if_exists(const Dir& dir, const std::string& entry, const std::string& value);
/// As write_at(), but returns false if the kernel considers the value invalid (EINVAL).
bool write_at_if_valid(const Dir& dir, const std::string& entry, const std::string& value);
/// As write_at(), but returns false on every refusal.
bool try_write_at(const Dir& dir, const std::string& entry, const std::string& value);
void write_value(const std::string& path, const std::string& value);
void write_value(const Fd& fd, const std::string& value, const std::string& name);
/// As write_value(), but returns the kernel's refusal, if there is one.
std::optional<SystemError> try_write_value(const Fd& fd, const std::string& value,
                                           const std::string& name);
/// Writes all of the bytes.
void write_all(const Fd& fd, const std::string& bytes, const std::string& name);
/// Writes a temporary file and renames it, so that a reader sees either the old bytes or the new
/// ones.
void replace_file_at(const Dir& dir, const std::string& entry, const std::string& bytes,
                     mode_t mode);

}  // namespace berth::sys
