// The state root (/run/berth): whose it must be, which containers are in it, and what commands that
// were killed have left beside them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/file_facts.h"

namespace berth::store {

/// The file in each container's directory that is locked; see state_dir.h.
constexpr char kLockFile[] = "lock";

/// `/run/berth`, or `$XDG_RUNTIME_DIR/berth` for other users than root (an empty variable counts as
/// unset).
std::string default_root();

/// Both refuse (State) a root that is not ours or that others may write.
std::optional<sys::Dir> open_root_if_exists(const std::string& path);
sys::Dir open_or_make_root(const std::string& path);

/// Throws (State) when the file belongs to another user or may be written by one: such a user could
/// make us signal any process, and remove any cgroup. `what` begins the message.
void check_private(const sys::FileFacts& file, const std::string& what);

/// Ids of every container under the root, sorted; none when there is no root.
std::vector<std::string> list_ids(const std::string& root);

/// A container's directory has another name before it has a lock, and again when it is about to be
/// removed: a name that is no id, and of this process alone.
enum class Passage { In, Out };
std::string passing_name(Passage passage, int attempt);

/// Removes what killed commands have left under such names; directories of living commands stay.
/// Returns the name of one that could not be removed; empty: none is left.
std::string remove_leftovers(const sys::Dir& root);

}  // namespace berth::store
