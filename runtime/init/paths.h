// Paths of the container: the only functions that resolve one. All resolve below a descriptor as if
// it were "/" and follow no magic links; what they return is the object itself, so that nothing is
// resolved twice. An empty Fd: see errno.
#pragma once

#include <linux/openat2.h>

#include <cstdint>

#include "runtime/init/fd.h"
#include "runtime/init/state.h"

namespace berth::init {

/// openat2(2). `resolve`: RESOLVE_* beside RESOLVE_IN_ROOT.
Fd resolve(int root, const char* path, int flags, std::uint64_t resolve = 0);

enum class Node { Directory, File };
using plan::LastLink;

/// O_PATH of `path`; directories that are missing are made (0755), the last part as `node` says. A
/// symbolic link that leads nowhere is followed like any other: its target is made.
Fd open_or_make(int root, const char* path, Node node, std::uint64_t resolve = 0,
                LastLink last = LastLink::Follow);

/// O_PATH of the directory at a destination, resolved as Place does; empty if there is none.
Fd find_destination(const Init& init, const char* path, const plan::PlaceRules& rules);

/// For a resolution of `path` that found no directory where it needs one: names it.
[[noreturn]] void report_no_directory(const Init& init, const char* path);

/// Where an entry is to be made: below /dev always in the real directory `dev` of the root, which
/// no symbolic link can be. Missing directories are made. `name` points into the path.
struct Location {
  Fd parent;
  const char* name;
};
Location locate(const Init& init, const char* path);

/// Whether a symbolic link with this target is there.
bool is_link_to(const Location& at, const char* target);

/// How a name is opened within one file system: no link, no mount on the way, nothing above. Files
/// of a procfs, and what is copied.
constexpr std::uint64_t kStrictly =
    RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

/// A file of P, the only procfs that is written to: no path leads to it, so that no process of the
/// container can have covered it, and no mount of the container shows what is open in it.
Fd open_in_proc(const Init& init, const char* path, int flags);

/// Whether the file system of an open file has this magic number. statfs(2)
bool is_on(int fd, long magic);

/// One write(2) of the whole text: what files of /proc and of control groups take.
void write_value(const Init& init, int fd, const char* text);

}  // namespace berth::init
