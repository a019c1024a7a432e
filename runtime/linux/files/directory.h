// Directories and their entries: makes, lists, renames and removes them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Returns false if the directory exists. mkdirat(2)
bool mkdir_at(const Dir& dir, const std::string& entry, mode_t mode);
/// Makes every missing directory of an absolute host path.
void make_dirs(const std::string& path, mode_t mode);
/// Returns false if the directory did not exist. A busy or non-empty directory is an error.
bool rmdir_at(const Dir& dir, const std::string& entry);
bool unlink_at(const Dir& dir, const std::string& entry);
/// Makes a user the owner of the entry, and follows no link; its group stays. Returns false if it
/// does not exist. fchownat(2)
bool give_if_exists(const Dir& dir, const std::string& entry, uid_t owner);
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

}  // namespace berth::sys
