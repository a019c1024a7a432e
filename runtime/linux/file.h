// Files and directories, always below a directory that is held open. Each call throws SystemError
// naming the full path; what is expected to be missing is asked for with an _if_ function.
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
/// The same; nothing when it does not exist (ENOENT, ENOTDIR).
std::optional<Fd> open_if_exists(const std::string& path, int flags);
/// O_PATH | O_DIRECTORY.
Dir open_dir(const std::string& path);
std::optional<Dir> open_dir_if_exists(const std::string& path);

Fd open_at(const Dir& dir, const std::string& entry, int flags, mode_t mode = 0);
/// Nothing also when `dir` is a directory of a kernel file system that was removed meanwhile
/// (ENODEV).
std::optional<Fd> open_at_if_exists(const Dir& dir, const std::string& entry, int flags,
                                    mode_t mode = 0);
Dir open_dir_at(const Dir& dir, const std::string& entry);
std::optional<Dir> open_dir_at_if_exists(const Dir& dir, const std::string& entry);
/// Resolved as if `root` were "/": openat2(2) RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS.
std::optional<Fd> open_in_root_if_exists(const Dir& root, const std::string& path, int flags);

/// The bytes of a regular file that an image may have put there: a device or a pipe is not opened,
/// and counts as missing.
std::optional<std::string> read_in_root_if_regular(const Dir& root, const std::string& path,
                                                   std::size_t limit);

/// Reads to the end; more than `limit` bytes is an error (Config: 'larger than N bytes').
std::string read_all(const Fd& fd, const std::string& name, std::size_t limit = 1u << 20);
std::string read_file(const std::string& path, std::size_t limit = 1u << 20);
std::string read_file_at(const Dir& dir, const std::string& entry, std::size_t limit = 1u << 20);
std::optional<std::string> read_file_at_if_exists(const Dir& dir, const std::string& entry,
                                                  std::size_t limit = 1u << 20);
std::optional<std::string> read_file_if_exists(const std::string& path,
                                               std::size_t limit = 1u << 20);

/// One write(2) of the whole value: what files of /proc, /sys and cgroups need.
void write_at(const Dir& dir, const std::string& entry, const std::string& value);
/// The same; false when the kernel has no use for the value (EINVAL).
bool write_at_if_valid(const Dir& dir, const std::string& entry, const std::string& value);
/// The same; false when the kernel refuses.
bool try_write_at(const Dir& dir, const std::string& entry, const std::string& value);
void write_value(const std::string& path, const std::string& value);
void write_value(const Fd& fd, const std::string& value, const std::string& name);
/// The same; nothing when the kernel takes the value, else what it says against it.
std::optional<SystemError> try_write_value(const Fd& fd, const std::string& value,
                                           const std::string& name);
/// Appends the bytes to a descriptor, all of them.
void write_all(const Fd& fd, const std::string& bytes, const std::string& name);
/// Temporary name, write, rename: readers see the old bytes or the new ones, never half.
void replace_file_at(const Dir& dir, const std::string& entry, const std::string& bytes,
                     mode_t mode);
/// The same for a path that a caller has chosen, without a trace of it when berth is killed
/// meanwhile. A character device or pipe, as /dev/stdout can be, is written to, and not waited for.
void replace_file(const std::string& path, const std::string& bytes, mode_t mode);
/// The bytes of a file that a caller has named; Config error for a pipe, a device or the like.
std::string read_regular_file(const std::string& path, std::size_t limit);
/// Appends to a file that a caller has named, made when it is missing. As replace_file, it does not
/// wait for a pipe.
void append_to_file(const std::string& path, const std::string& bytes, mode_t mode);
/// All of it, with the error that tells why not.
void write_to_standard_output(const std::string& bytes);

/// False when it exists already. mkdirat(2)
bool mkdir_at(const Dir& dir, const std::string& entry, mode_t mode);
/// Makes every missing directory of an absolute host path.
void make_dirs(const std::string& path, mode_t mode);
/// False when there was none. Busy or full is an error.
bool rmdir_at(const Dir& dir, const std::string& entry);
bool unlink_at(const Dir& dir, const std::string& entry);
/// For what may be left: a regular file only. False when it stays.
bool try_remove_file(const std::string& path) noexcept;
/// For destructors: false when it stays.
bool try_rmdir_at(const Dir& dir, const std::string& entry) noexcept;
/// For destructors: false when there is certainly no such entry.
bool may_exist_at(const Dir& dir, const char* entry) noexcept;
/// Removes a directory and the files in it, the one named `last` after all others, if it is still
/// the entry of that name. For destructors and for what may be left: false on every failure.
bool try_remove_dir_at(const Dir& parent, const std::string& entry, const Dir& dir,
                       const char* last) noexcept;
/// What became of a new name for a directory. Taken: the name belongs to something else already,
/// and not to an empty directory, which is replaced. Missing: the directory is gone.
enum class Rename { Done, Taken, Missing };
/// Within one directory. renameat(2)
Rename rename_dir_at(const Dir& parent, const std::string& from, const std::string& to);
/// Whether the entry of that name is this directory.
bool is_entry(const Dir& parent, const std::string& entry, const Dir& dir);
/// Names in a directory, without . and .., in no order; none when it was removed meanwhile.
std::vector<std::string> entries_of(const Dir& dir);
/// Subdirectories only.
std::vector<std::string> subdirs_of(const Dir& dir);

/// Inode number of an existing path (follows symlinks); nothing when it is missing.
std::optional<std::uint64_t> inode_if_exists(const std::string& path);
bool is_directory(const Fd& fd);
/// By mode and mount; follows symlinks. faccessat(2) W_OK
bool may_write(const std::string& path);
/// Absolute form of a path, without resolving symlinks: `.` and empty components go, `..` stays.
std::string absolute(const std::string& path);
/// The same, taken from `directory`, which is absolute, instead of the current one.
std::string absolute_from(const std::string& directory, const std::string& path);
std::string current_directory();

/// Sealed file of these bytes without a place in any directory; nobody can change it any more, or
/// execute it. It is read from its beginning. memfd_create(2)
Fd sealed_memfd(const std::string& name, const void* bytes, std::size_t size);
/// Does that to a memfd which is still empty.
void write_and_seal(const Fd& fd, const std::string& name, const void* bytes, std::size_t size);
/// An empty file without a place in any directory, for others to write to.
Fd scratch_file(const std::string& name);

}  // namespace berth::sys
