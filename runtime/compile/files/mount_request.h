// Parses and checks an entry of `mounts`: what kind of mount it is, where it goes and what may be
// there. mounts.cpp and cgroup_mount.cpp make the steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/compile/files/mount_options.h"
#include "runtime/compile/namespaces/id_mapping.h"
#include "runtime/plan/plan.h"
#include "spec/config/config.h"

namespace berth::plan {

/// The id mapping of a mount: MO-idmap-1.
struct MountIdMap {
  bool recursive = false;
  std::string origin;
  IdMaps maps;          ///< empty: the maps of the container's user namespace
  Slot user_namespace;  ///< has the `maps`, if they are not empty
};

struct MountRequest {
  enum class Kind {
    Bind,
    Filesystem,
    Cgroup,       ///< stands for several mounts, depending on the host
    Remount,      ///< changes the file system that is mounted at the destination
    RemountBind,  ///< changes the mount alone
  };

  Kind kind = Kind::Filesystem;
  std::string pointer;      ///< `/mounts/3`
  std::string destination;  ///< in clean form
  std::string type;
  std::string source;  ///< Bind: a path of the host
  MountOptions options;
  PlaceRules place_rules;
  bool late_read_only = false;  ///< becomes read-only at the end, because init writes there
  bool in_turn = false;         ///< the child opens the source right before it places the mount
  bool is_final = false;        ///< once it is placed, the kernel refuses to change it
  bool is_staged = false;       ///< the kernel refuses that between Place and EnterRoot
  std::vector<Slot> slots;      ///< Bind: one. Cgroup: one for each hierarchy, if it is bound
  std::optional<MountIdMap> id_map;
  std::string label;         ///< SELinux context of a new file system; empty: none
  std::string label_option;  ///< the mount option that takes it: `context`

  /// Whether a symbolic link at the end of the source is followed, or mounted itself.
  Symlink symlink() const {
    const bool is_mounted = !options.source_link.empty() || !options.copied_source_link.empty();
    return is_mounted ? Symlink::NoFollow : Symlink::Follow;
  }
};

/// All entries in their order, including those with a problem. An entry needs a source, a type and
/// a fit destination. A word that has no effect on its kind of mount is a problem or a warning.
std::vector<MountRequest> read_mounts(const std::vector<spec::Mount>& mounts, Builder& builder);

/// Whether /dev is a bind mount. Then its content belongs to the caller, and nothing is made in it.
bool brings_own_dev(const std::vector<MountRequest>& mounts);

/// Reports problems at data words and warnings at superblock words, because no new file system is
/// there to take them. `kind` is the kind of the problems.
void refuse_filesystem_words(const MountOptions& options, ErrorKind kind, Builder& builder);

}  // namespace berth::plan
