// One entry of `mounts`, understood and checked: what kind of mount it is, where it goes and what
// may be there. Makes no steps: mounts.cpp and cgroup_mount.cpp do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/compile/files/mount_options.h"
#include "runtime/compile/namespaces/id_mapping.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::plan {

/// The id mapping of a mount: MO-idmap-1.
struct MountIdMap {
  bool recursive = false;
  std::string origin;
  IdMaps maps;          ///< empty: those of the container's user namespace
  Slot user_namespace;  ///< with `maps`
};

struct MountRequest {
  enum class Kind {
    Bind,
    Filesystem,
    Cgroup,       ///< stands for several mounts, depending on the host
    Remount,      ///< of the file system mounted at the destination
    RemountBind,  ///< of the mount alone
  };

  Kind kind = Kind::Filesystem;
  std::string pointer;      ///< `/mounts/3`
  std::string destination;  ///< clean
  std::string type;
  std::string source;  ///< Bind: a path of the host
  MountOptions options;
  PlaceRules place_rules;
  bool late_read_only = false;  ///< read-only at the end, because berth itself writes there
  bool in_turn = false;         ///< the child opens what it shows, right before it is placed
  bool is_final = false;        ///< once placed, the kernel lets nobody change it any more
  std::vector<Slot> slots;      ///< Bind: one. Cgroup: by hierarchy of the host, if bound
  std::optional<MountIdMap> id_map;
  std::string label;  ///< SELinux context of a new file system; empty: none

  /// Its source is taken as a symbolic link, if it is one.
  LastLink last_link() const {
    const bool takes_link = !options.source_link.empty() || !options.copied_source_link.empty();
    return takes_link ? LastLink::Itself : LastLink::Follow;
  }
};

/// All entries in their order, also those with a problem. Asks for a source, a type and a fit
/// destination; words that have no effect on their kind of mount are problems or warnings.
std::vector<MountRequest> read_mounts(const std::vector<spec::Mount>& mounts, Builder& builder);

/// Whether /dev is a bind mount: its content is the caller's business, and nothing is made in it.
bool brings_own_dev(const std::vector<MountRequest>& mounts);

/// Problems at the data words and warnings at the superblock's: there is no file system of the
/// container's own that could take them. `kind` says whose fault that is.
void refuse_filesystem_words(const MountOptions& options, ErrorKind kind, Builder& builder);

}  // namespace berth::plan
