// The state root (/run/berth): who has to own it, which containers are in it, and what killed
// commands have left in it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/files/file_facts.h"

namespace berth::store {

/// The mode of the root and of each container's directory.
constexpr mode_t kPrivateDir = 0700;

/// The lock file in each container's directory; see state_dir.h.
constexpr char kLockFile[] = "lock";

/// Returns `$XDG_RUNTIME_DIR/berth` for users other than root, else `/run/berth`. An empty variable
/// counts as unset.
std::string default_root();

/// Both throw a State error if the root belongs to another user or others may write it.
std::optional<sys::Dir> open_root_if_exists(const std::string& path);
sys::Dir open_or_make_root(const std::string& path);

/// Throws a State error if the file belongs to another user or others may write it: they could make
/// berth signal any process and remove any cgroup. The message begins with `what`.
void check_private(const sys::FileFacts& file, const std::string& what);

/// The sorted ids of all containers.
std::vector<std::string> list_ids(const sys::Dir& root);

/// A container's directory has a temporary name, which is not an id and which only this process
/// uses, before it is locked and again while it is removed.
enum class Temporary { New, Old };
std::string temporary_name(Temporary kind, int attempt);

/// Removes directories under such names that killed commands left. Returns the name of one that
/// could not be removed, or an empty text.
std::string remove_leftovers(const sys::Dir& root);

}  // namespace berth::store
