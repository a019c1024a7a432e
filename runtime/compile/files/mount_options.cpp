#include "runtime/compile/files/mount_options.h"

#include <linux/mount.h>

#include <algorithm>
#include <span>
#include <utility>

#include "spec/short_text.h"

namespace berth::plan {

namespace {

enum class Effect {
  Nothing,      ///< a default, or about messages that this API never writes
  Attribute,    ///< of the mount
  ReadOnly,     ///< of the mount and of its superblock
  Superblock,   ///< FilesystemWord::Kind::Flag
  Lenient,      ///< FilesystemWord::Kind::Lenient
  Propagation,  ///< `set` is the type
  Bind,
  Remount,
  IdMap,
  Named,  ///< the word's pointer is kept in `member`
};

struct OptionWord {
  ShortText<16> word;
  Effect effect;
  std::uint64_t set = 0;
  std::uint64_t clear = 0;
  std::string MountOptions::*member = nullptr;
};

// Words about a mount. With an `r` in front they are recursive. The way to update access times is
// one field, in which 0 means relatime. So `atime` takes back only `noatime`: after `strictatime`
// it changes nothing. mount(8)
constexpr OptionWord kTreeWords[] = {
    {"ro", Effect::ReadOnly, MOUNT_ATTR_RDONLY, 0},
    {"rw", Effect::ReadOnly, 0, MOUNT_ATTR_RDONLY},
    {"nosuid", Effect::Attribute, MOUNT_ATTR_NOSUID, 0},
    {"suid", Effect::Attribute, 0, MOUNT_ATTR_NOSUID},
    {"nodev", Effect::Attribute, MOUNT_ATTR_NODEV, 0},
    {"dev", Effect::Attribute, 0, MOUNT_ATTR_NODEV},
    {"noexec", Effect::Attribute, MOUNT_ATTR_NOEXEC, 0},
    {"exec", Effect::Attribute, 0, MOUNT_ATTR_NOEXEC},
    {"nosymfollow", Effect::Attribute, MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", Effect::Attribute, 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"nodiratime", Effect::Attribute, MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", Effect::Attribute, 0, MOUNT_ATTR_NODIRATIME},
    {"relatime", Effect::Attribute, MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", Effect::Attribute},
    {"noatime", Effect::Attribute, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"atime", Effect::Attribute, 0, MOUNT_ATTR_NOATIME},
    {"strictatime", Effect::Attribute, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", Effect::Attribute, 0, MOUNT_ATTR_STRICTATIME},
    {"shared", Effect::Propagation, MS_SHARED},
    {"slave", Effect::Propagation, MS_SLAVE},
    {"private", Effect::Propagation, MS_PRIVATE},
    {"unbindable", Effect::Propagation, MS_UNBINDABLE},
    {"bind", Effect::Bind},
    {"idmap", Effect::IdMap},
};
constexpr OptionWord kOtherWords[] = {
    {"remount", Effect::Remount},
    {"sync", Effect::Superblock},
    {"async", Effect::Superblock},
    {"dirsync", Effect::Superblock},
    {"lazytime", Effect::Superblock},
    {"nolazytime", Effect::Superblock},
    {"mand", Effect::Superblock},
    {"nomand", Effect::Superblock},
    {"iversion", Effect::Lenient},
    {"noiversion", Effect::Lenient},
    {"defaults", Effect::Nothing},
    {"silent", Effect::Nothing},
    {"loud", Effect::Nothing},
    {"tmpcopyup", Effect::Named, 0, 0, &MountOptions::copy_up},
    {"src-nofollow", Effect::Named, 0, 0, &MountOptions::source_link},
    {"dest-nofollow", Effect::Named, 0, 0, &MountOptions::destination_link},
    {"copy-symlink", Effect::Named, 0, 0, &MountOptions::copied_source_link},
};

struct Found {
  const OptionWord* word = nullptr;
  bool recursive = false;
};

const OptionWord* find_in(std::span<const OptionWord> words, std::string_view word) {
  const auto found =
      std::ranges::find_if(words, [&](const OptionWord& row) { return row.word == word; });
  return found == words.end() ? nullptr : &*found;
}

Found find(std::string_view word) {
  if (const OptionWord* found = find_in(kTreeWords, word)) return {found, false};
  if (const OptionWord* found = find_in(kOtherWords, word)) return {found, false};
  if (!word.starts_with('r')) return {};
  return {find_in(kTreeWords, word.substr(1)), true};
}

/// Splits the data of a file system as the kernel does: at commas, except those behind a backslash
/// (overlayfs) and those in quotes (SELinux labels). filesystems/overlayfs.rst
std::vector<std::string> split_data(std::string_view text) {
  std::vector<std::string> parts(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& part = parts.back();
    const bool is_label = part.find("context=") != std::string::npos;
    if (text[i] == ',' && !is_quoted) {
      parts.emplace_back();
    } else if (text[i] == '"' && is_label) {
      is_quoted = !is_quoted;
    } else {
      part += text[i];
      if (text[i] == '\\' && i + 1 < text.size()) part += text[++i];
    }
  }
  return parts;
}

class Reader {
 public:
  Reader(const std::string& pointer, Builder& builder) : pointer_(pointer), builder_(builder) {}

  void read(const std::string& word, const std::string& pointer) {
    const Found found = find(word);
    if (word.empty()) {
      builder_.warn(pointer, "is empty, which means nothing");
    } else if (found.word != nullptr) {
      read_known(found, word, pointer);
    } else if (!read_id_map(word, pointer)) {
      const std::vector<std::string> parts = split_data(word);
      for (const std::string& part : parts) read_data(part, parts.size() > 1, pointer);
    }
  }

  /// The kernel accepts a change of the access time field only if the whole field is cleared.
  /// mount_setattr(2)
  MountOptions options() {
    for (AttributeChange* change : {&options_.attributes, &options_.recursive_attributes}) {
      if ((change->clear & MOUNT_ATTR__ATIME) != 0) change->clear |= MOUNT_ATTR__ATIME;
    }
    return options_;
  }

 private:
  void read_known(const Found& found, const std::string& word, const std::string& pointer) {
    using Kind = FilesystemWord::Kind;
    switch (found.word->effect) {
      case Effect::Nothing:
        break;
      case Effect::Attribute:
        change_attributes(found, pointer);
        break;
      case Effect::ReadOnly:
        change_attributes(found, pointer);
        if (!found.recursive) add(word, std::nullopt, Kind::Flag, pointer);
        break;
      case Effect::Superblock:
        add(word, std::nullopt, Kind::Flag, pointer);
        break;
      case Effect::Lenient:
        add(word, std::nullopt, Kind::Lenient, pointer);
        break;
      case Effect::Propagation:
        options_.propagation.push_back({found.word->set, found.recursive, pointer});
        break;
      case Effect::Bind:
        options_.bind = true;
        options_.recursive_bind |= found.recursive;
        break;
      case Effect::Remount:
        options_.remount = true;
        break;
      case Effect::IdMap:
        options_.id_map = {found.recursive, std::nullopt, pointer};
        break;
      case Effect::Named:
        options_.*found.word->member = pointer;
        break;
    }
  }

  /// A recursive word takes back what earlier words said about the mount alone.
  void change_attributes(const Found& found, const std::string& pointer) {
    const OptionWord& word = *found.word;
    AttributeChange& single = options_.attributes;
    AttributeChange& change = found.recursive ? options_.recursive_attributes : single;
    if (found.recursive) {
      single.set &= ~(word.set | word.clear);
      single.clear &= ~(word.set | word.clear);
    }
    change.set = (change.set & ~word.clear) | word.set;
    change.clear = (change.clear & ~word.set) | word.clear;
    change.origin = change.origin.empty() ? pointer : pointer_;
  }

  bool read_id_map(const std::string& word, const std::string& pointer) {
    const std::size_t equals = word.find('=');
    const Found found = find(word.substr(0, equals));
    if (found.word == nullptr || found.word->effect != Effect::IdMap) return false;
    options_.id_map = {found.recursive, word.substr(equals + 1), pointer};
    return true;
  }

  /// A list of data may have the words for every superblock in it, but not the words for mounts.
  void read_data(const std::string& part, bool is_of_list, const std::string& pointer) {
    using Kind = FilesystemWord::Kind;
    const Found found = is_of_list ? find(part) : Found();
    const bool is_flag =
        found.word != nullptr && !found.recursive &&
        (found.word->effect == Effect::ReadOnly || found.word->effect == Effect::Superblock);
    const std::size_t equals = part.find('=');
    if (is_flag) {
      add(part, std::nullopt, Kind::Flag, pointer);
    } else if (found.word != nullptr) {
      builder_.problems.add(pointer, "'" + part + "' is about the mount, and no data of a file " +
                                         "system: it needs a string of its own");
    } else if (equals == 0) {
      builder_.problems.add(pointer, "'" + part + "' is not a mount option");
    } else if (equals != std::string::npos) {
      add(part.substr(0, equals), part.substr(equals + 1), Kind::Data, pointer);
    } else if (!part.empty()) {
      add(part, std::nullopt, Kind::Data, pointer);
    }
  }

  void add(const std::string& key, std::optional<std::string> value, FilesystemWord::Kind kind,
           const std::string& pointer) {
    options_.filesystem.push_back({key, std::move(value), kind, pointer});
  }

  const std::string& pointer_;
  Builder& builder_;
  MountOptions options_;
};

}  // namespace

MountOptions read_mount_options(const spec::Strings& words, const std::string& pointer,
                                Builder& builder) {
  Reader reader(pointer, builder);
  for (std::size_t i = 0; i < words.size(); ++i) {
    reader.read(words[i], pointer + "/" + std::to_string(i));
  }
  return reader.options();
}

std::vector<std::string> known_mount_options() {
  std::vector<std::string> words;
  for (const OptionWord& row : kTreeWords) {
    words.emplace_back(row.word);
    words.push_back("r" + std::string(row.word));
  }
  for (const OptionWord& row : kOtherWords) words.emplace_back(row.word);
  return words;
}

}  // namespace berth::plan
