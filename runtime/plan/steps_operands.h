// The types of operands: the members of every step (steps.h). They are plain data and mean the same
// in berth and in init, where nothing may allocate or parse; plan/words.cpp turns them into text.
#pragma once

#include <cstdint>

namespace berth::plan {

/// Who carries a step out. Host: berth itself. Prologue: init before its clone, on the host's side
/// of every new namespace. Child: init after it, the container's first process. Start: `berth
/// start`, when the program runs.
enum class Side : std::uint8_t { Host, Prologue, Child, Start };

// ---- what lies in the text area of the Plan -------------------------------------------------

/// A NUL-terminated text. 0 is the empty one.
struct Text {
  std::uint32_t offset = 0;
  bool operator==(const Text&) const = default;
};

/// Texts that lie one behind the other.
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

/// A place in the table of descriptors, which the step uses.
struct Slot {
  std::int32_t number = -1;
  bool operator==(const Slot&) const = default;
};
constexpr Slot kNoSlot;

/// A place that the step fills. The member is called `to` in every step.
struct FilledSlot {
  Slot slot;
};

// ---- numbers --------------------------------------------------------------------------------

/// Yes or no. A step may come back from another process, and any byte is a Flag.
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
  std::uint32_t mode = 0;  ///< with the type
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

/// What a symbolic link at the end of a path stands for.
enum class LastLink : std::uint8_t { Follow, Itself };

/// How fsconfig(2) gets the value of an option. Directory: as a descriptor, the value is its path.
enum class OptionValue : std::uint8_t { None, String, Directory };

/// Where init stops until the host answers.
enum class Sync : std::uint32_t {
  Cgroups,     ///< v1 cgroups are made, beside the clone; the answer brings the ways in
  UserReady,   ///< the user namespace exists: id maps
  MountsDone,  ///< file system complete, root not entered: device rules, prestart, createRuntime
  Ready,       ///< everything but the program: Record, pid file
};

/// How the root is entered.
enum class Entry : std::uint8_t {
  Pivot,   ///< pivot_root, the old root detached: no host path exists afterwards
  Chroot,  ///< --no-pivot, and mount namespaces that are shared with others
};

/// What is expected of a directory of resctrl.
enum class RdtUse : std::uint8_t {
  Share,   ///< made when missing
  Find,    ///< there already
  Create,  ///< not there yet
};

/// The hooks that the host runs before the container is created.
enum class HostHook : std::uint8_t { Prestart, CreateRuntime };

/// How Place resolves its destination, and what it puts there.
struct PlaceRules {
  Flag no_symlinks;     ///< every component is a real directory: /proc, /sys, /dev
  Flag may_cover_proc;  ///< the destination may be a file of a procfs
  Flag onto_link;       ///< a symbolic link at the end of the destination is covered itself
  Flag copies_link;     ///< M, if it is a symbolic link, is copied instead of attached
  Flag only_proc;       ///< M has to be the root of a procfs
};

/// What the top of a copy keeps of its own.
struct KeptByCopy {
  Flag mode, user, group;
};

}  // namespace berth::plan
