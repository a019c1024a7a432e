// The types of operands: the members of every step (steps.h). They are plain data with one meaning
// in berth and in init, where nothing may allocate or parse; plan/words.cpp turns them into text.
#pragma once

#include <cstdint>

namespace berth::plan {

/// Who carries a step out. Host: berth itself. Prologue: init before its clone, on the host's side
/// of every new namespace. Child: init after it, the container's first process. Start: `berth
/// start`, when the program runs.
enum class Side : std::uint8_t { Host, Prologue, Child, Start };

// ---- what lies in the text area of the Plan -------------------------------------------------

/// A NUL-terminated text. Offset 0 is the empty text.
struct Text {
  std::uint32_t offset = 0;
  bool operator==(const Text&) const = default;
};

/// `count` texts, one behind the other.
struct TextList {
  std::uint32_t offset = 0;
  std::uint32_t count = 0;
};

/// An aligned array of std::uint32_t.
struct NumberList {
  std::uint32_t offset = 0;
  std::uint32_t count = 0;
};

// ---- descriptors ----------------------------------------------------------------------------

/// An entry of the table of descriptors, which the step uses.
struct Slot {
  std::int32_t number = -1;
  bool operator==(const Slot&) const = default;
};
constexpr Slot kNoSlot;

/// An entry that the step fills. The member is called `to` in every step.
struct FilledSlot {
  Slot slot;
};

// ---- numbers --------------------------------------------------------------------------------

/// A bool for which every byte is valid, because a step may come from another process.
struct Flag {
  constexpr Flag(bool is_on = false) : byte(is_on ? 1 : 0) {}
  constexpr operator bool() const { return byte != 0; }
  std::uint8_t byte;
};

struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool operator==(const Owner&) const = default;
};

/// mknod(2)
struct Device {
  std::uint32_t mode = 0;  ///< includes the type of the file
  std::uint32_t major_number = 0;
  std::uint32_t minor_number = 0;
};

/// CLONE_NEW*
struct Namespaces {
  std::uint64_t flags = 0;
};

/// MOUNT_ATTR_*, as mount_setattr(2) has them.
struct MountAttributes {
  std::uint64_t set = 0;
  std::uint64_t cleared = 0;
};

/// MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE.
struct Propagation {
  std::uint64_t type = 0;
};

/// A set of capabilities, a bit each. capabilities(7)
struct Capabilities {
  std::uint64_t mask = 0;
};

/// SECCOMP_FILTER_FLAG_*
struct FilterFlags {
  std::uint32_t bits = 0;
};

struct Umask {
  std::uint32_t bits = 0;
};

/// A value of getrlimit(2).
struct Limit {
  std::uint64_t value = 0;
};

struct Milliseconds {
  std::uint64_t count = 0;
};

// ---- words ----------------------------------------------------------------------------------

/// What init does when the kernel refuses.
enum class Errors : std::uint8_t { Report, Tolerate };

/// What MakeDevice does if mknod(2) says EPERM, as it does under some device programs of cgroups.
enum class Refused : std::uint8_t {
  Report,
  Bind,       ///< bind the host's node of this path, if it is this device
  BindEqual,  ///< bind it, if it also has this mode and this owner
};

/// Whether a symbolic link at the end of a path is followed.
enum class Symlink : std::uint8_t { Follow, NoFollow };

/// How fsconfig(2) receives the value of an option. Directory: as a descriptor of the directory at
/// the path in the value.
enum class OptionValue : std::uint8_t { None, String, Directory };

/// Where init stops until the host answers.
enum class Sync : std::uint32_t {
  Cgroups,     ///< the v1 cgroups exist; the answer brings the descriptors to enter them
  UserReady,   ///< the user namespace exists: berth maps ids, also those of mounts
  MountsDone,  ///< the mounts are made, host paths still exist: network devices, rules, hooks
  Ready,       ///< all but the program is done: berth writes the Record and the pid file
};

/// How the root is entered.
enum class Entry : std::uint8_t {
  Pivot,   ///< pivot_root detaches the old root: no host path exists afterwards
  Chroot,  ///< for --no-pivot, and for mount namespaces that are shared with others
  Cover,   ///< the root covers the empty directory of a copy of the empty mount namespace
};

/// What is expected of a directory of resctrl.
enum class RdtUse : std::uint8_t {
  Share,   ///< berth makes it if it is missing
  Find,    ///< it must exist
  Create,  ///< it must not exist yet
};

/// The hooks that the host runs before the container is created.
enum class HostHook : std::uint8_t { Prestart, CreateRuntime };

/// How Place resolves its destination, and what it puts there.
struct PlaceRules {
  Flag no_symlinks;     ///< no component may be a symbolic link: /proc, /sys, /dev
  Flag may_cover_proc;  ///< the destination may be a file of a procfs
  Flag onto_link;       ///< a symbolic link at the end of the destination is covered itself
  Flag copies_link;     ///< M, if it is a symbolic link, is copied instead of attached
  Flag only_proc;       ///< M has to be the root of a procfs
};

/// What the top directory of a copy keeps instead of taking it from the source.
struct KeptByCopy {
  Flag mode, user, group;
};

}  // namespace berth::plan
