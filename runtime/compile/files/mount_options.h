// The words of /mounts/N/options, understood: one table of all that mount(8) and config.md "Linux
// mount options" know. Every other word is data for the file system, a list of them with commas
// between. Knows no kind of mount: what a
// bind mount makes of them is mounts.cpp's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::plan {

/// Only what was named, so that the rest stays as it is. MOUNT_ATTR_*, as mount_setattr(2) has
/// them.
struct AttributeChange {
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  std::string origin;  ///< the word's pointer, or that of all options when there were several
};

struct PropagationChange {
  std::uint64_t type = 0;  ///< MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE
  bool recursive = false;
  std::string origin;
};

/// One fsconfig(2) parameter.
struct FilesystemWord {
  enum class Kind {
    Flag,       ///< of every superblock: `sync`
    Lenient,    ///< what some file systems know, and the others do anyway or never: `iversion`
    Data,       ///< of this file system
    Directory,  ///< the same, with the path of a directory that is given as a descriptor
  };

  std::string key;
  std::optional<std::string> value;
  Kind kind = Kind::Data;
  std::string origin;
};

/// `idmap` or `ridmap`.
struct IdMapWord {
  bool recursive = false;
  std::optional<std::string> maps;  ///< what stands behind `=`: id_mapping.h
  std::string origin;
};

struct MountOptions {
  bool bind = false;
  bool recursive_bind = false;  ///< implies bind
  bool remount = false;
  AttributeChange attributes;            ///< of the mount alone; applied after
  AttributeChange recursive_attributes;  ///< those of the mount and of all below
  std::vector<FilesystemWord> filesystem;
  std::vector<PropagationChange> propagation;
  std::optional<IdMapWord> id_map;
  // The pointers of words of crun(1); empty: not named.
  std::string copy_up;             ///< `tmpcopyup`
  std::string source_link;         ///< `src-nofollow`
  std::string destination_link;    ///< `dest-nofollow`
  std::string copied_source_link;  ///< `copy-symlink`

  /// The MOUNT_ATTR_* of a mount that is just being made: nothing is below it.
  std::uint64_t new_attributes() const {
    return (recursive_attributes.set & ~attributes.clear) | attributes.set;
  }
};

/// Of contradictory words the last wins. `pointer` is that of the list. Problems are at the words:
/// those of no meaning.
MountOptions read_mount_options(const spec::Strings& words, const std::string& pointer,
                                Builder& builder);

/// Every word with a meaning of its own that is executed, for `features`.
std::vector<std::string> known_mount_options();

}  // namespace berth::plan
