// Files and directories. Each function throws SystemError with the full path; the _if_exists
// functions return nothing for a file that may be missing.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/system_error.h"

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
Dir open_dir_at(const Dir& dir, const std::string& entry);
std::optional<Dir> open_dir_at_if_exists(const Dir& dir, const std::string& entry);
/// Resolves the path as if `root` were "/": openat2(2) RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS.
std::optional<Fd> open_in_root_if_exists(const Dir& root, const std::string& path, int flags);

/// Reads a regular file of an image. Anything else, such as a device or a pipe, is not opened and
/// counts as missing.
std::optional<std::string> read_in_root_if_regular(const Dir& root, const std::string& path,
                                                   std::size_t limit);

/// Reads to the end; a file of more than `limit` bytes is a Config error ('larger than N bytes').
std::string read_all(const Fd& fd, const std::string& name, std::size_t limit = 1u << 20);
std::string read_file(const std::string& path, std::size_t limit = 1u << 20);
std::string read_file_at(const Dir& dir, const std::string& entry, std::size_t limit = 1u << 20);
std::optional<std::string> read_file_at_if_exists(const Dir& dir, const std::string& entry,
                                                  std::size_t limit = 1u << 20);
std::optional<std::string> read_file_if_exists(const std::string& path,
                                               std::size_t limit = 1u << 20);

/// Writes the whole value with one write(2), as the files of /proc, /sys and cgroups require.
void write_at(const Dir& dir, const std::string& entry, const std::string& value);
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
/// Replaces the file at a path that the caller chose, and leaves no temporary file when berth is
/// killed. A character device or a pipe, such as /dev/stdout, is written to; berth does not wait
/// for its reader.
void replace_file(const std::string& path, const std::string& bytes, mode_t mode);
/// Reads a file at a path that the caller chose; anything but a regular file is a Config error.
std::string read_regular_file(const std::string& path, std::size_t limit);
/// Appends to a file at a path that the caller chose, and creates it if it is missing. Like
/// replace_file(), it does not wait for the reader of a pipe.
void append_to_file(const std::string& path, const std::string& bytes, mode_t mode);
/// Writes all of the bytes, and throws when standard output does not accept them.
void write_to_standard_output(const std::string& bytes);

/// Returns false if the directory exists. mkdirat(2)
bool mkdir_at(const Dir& dir, const std::string& entry, mode_t mode);
/// Makes every missing directory of an absolute host path.
void make_dirs(const std::string& path, mode_t mode);
/// Returns false if the directory did not exist. A busy or non-empty directory is an error.
bool rmdir_at(const Dir& dir, const std::string& entry);
bool unlink_at(const Dir& dir, const std::string& entry);
/// Removes a regular file whose removal may fail; returns false if it remains.
bool try_remove_file(const std::string& path) noexcept;
/// For destructors: returns false if the directory remains.
bool try_rmdir_at(const Dir& dir, const std::string& entry) noexcept;
/// For destructors: returns false only if the entry certainly does not exist.
bool may_exist_at(const Dir& dir, const char* entry) noexcept;
/// Removes a directory and its files, the file named `last` after all others, provided that `entry`
/// still names that directory. It is for destructors and for cleaning up, and returns false on
/// every failure.
bool try_remove_dir_at(const Dir& parent, const std::string& entry, const Dir& dir,
                       const char* last) noexcept;
/// The result of renaming a directory. Taken: the new name exists and is not an empty directory.
/// Missing: the old name does not exist.
enum class Rename { Done, Taken, Missing };
/// Renames within one directory. renameat(2)
Rename rename_dir_at(const Dir& parent, const std::string& from, const std::string& to);
/// Whether `entry` names this directory.
bool is_entry(const Dir& parent, const std::string& entry, const Dir& dir);
/// The names in a directory, unsorted and without . and ..; none if the directory was removed.
std::vector<std::string> entries_of(const Dir& dir);
/// Like entries_of(), but subdirectories only.
std::vector<std::string> subdirs_of(const Dir& dir);

/// The inode number of a path, after following symbolic links; nothing if the path does not exist.
std::optional<std::uint64_t> inode_if_exists(const std::string& path);
bool is_directory(const Fd& fd);
/// Whether mode and mount permit writing, after following symbolic links. faccessat(2) W_OK
bool may_write(const std::string& path);
/// The absolute form of a path. `.` and empty components are dropped; `..` and symbolic links
/// remain.
std::string absolute(const std::string& path);
/// As absolute(), but relative to `directory`, which is absolute, instead of the working directory.
std::string absolute_from(const std::string& directory, const std::string& path);
std::string current_directory();

/// A sealed memfd with these bytes, which no process can change or execute. Its offset is 0.
/// memfd_create(2)
Fd sealed_memfd(const std::string& name, const void* bytes, std::size_t size);
/// Fills and seals a memfd that is still empty.
void write_and_seal(const Fd& fd, const std::string& name, const void* bytes, std::size_t size);
/// An empty memfd, which other processes may write to.
Fd scratch_file(const std::string& name);

}  // namespace berth::sys
