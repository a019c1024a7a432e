// Parses the words of /mounts/N/options. One table has all words that mount(8) and config.md "Linux
// mount options" know. Any other word is data for the file system, or a list of data with commas
// between. Nothing here depends on the kind of mount: mounts.cpp decides what a bind mount makes of
// the words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/plan/plan.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Only the MOUNT_ATTR_* that words have named, so that all others stay as they are.
/// mount_setattr(2)
struct AttributeChange {
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  std::string origin;  ///< pointer of the word, or of the list if there were several words
};

struct PropagationChange {
  std::uint64_t type = 0;  ///< MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE
  bool recursive = false;
  std::string origin;
};

/// One fsconfig(2) parameter.
struct FilesystemWord {
  enum class Kind {
    Flag,       ///< every superblock knows it: `sync`
    Lenient,    ///< some file systems know it, the others always or never do it: `iversion`
    Data,       ///< an option of this file system
    Directory,  ///< an option for which a descriptor of the directory is given
  };

  std::string key;
  std::optional<std::string> value;
  Kind kind = Kind::Data;
  std::string origin;
};

/// `idmap` or `ridmap`.
struct IdMapWord {
  bool recursive = false;
  std::optional<std::string> maps;  ///< the text behind `=`; id_mapping.h parses it
  std::string origin;
};

struct MountOptions {
  bool bind = false;
  bool recursive_bind = false;  ///< implies bind
  bool remount = false;
  AttributeChange attributes;            ///< of the mount alone; applied after the recursive ones
  AttributeChange recursive_attributes;  ///< of the mount and of all below it
  std::vector<FilesystemWord> filesystem;
  std::vector<PropagationChange> propagation;
  std::optional<IdMapWord> id_map;
  // The pointers of words that crun(1) has added; empty: not named.
  std::string copy_up;             ///< `tmpcopyup`
  std::string source_link;         ///< `src-nofollow`
  std::string destination_link;    ///< `dest-nofollow`
  std::string copied_source_link;  ///< `copy-symlink`

  /// The MOUNT_ATTR_* of a new mount, which has no mounts below it.
  std::uint64_t new_attributes() const {
    return (recursive_attributes.set & ~attributes.clear) | attributes.set;
  }
};

/// If words contradict each other, the last one wins. `pointer` is the pointer of the list. A word
/// without a meaning is a problem at its own pointer.
MountOptions read_mount_options(const spec::Strings& words, const std::string& pointer,
                                Builder& builder);

/// Every word that berth knows and executes, for `berth features`.
std::vector<std::string> known_mount_options();

}  // namespace berth::plan
