// The only functions that resolve paths of the container. All resolve below a descriptor as if it
// were "/" and do not follow magic links; they return the object itself, so that nothing is
// resolved twice. If the Fd is empty, errno says why.
#pragma once

#include <limits.h>
#include <linux/openat2.h>

#include <cstdint>

#include "runtime/init/base/fd.h"
#include "runtime/init/base/state.h"

namespace berth::init {

/// Calls openat2(2). `resolve`: RESOLVE_* flags in addition to RESOLVE_IN_ROOT.
Fd resolve(int root, const char* path, int flags, std::uint64_t resolve = 0);

enum class Node { Directory, File };
using plan::Symlink;

/// Opens `path` with O_PATH. Makes directories that are missing (0755), and the last part as `node`
/// says. A symbolic link that leads nowhere is followed like any other: its target is made.
Fd open_or_make(int root, const char* path, Node node, std::uint64_t resolve = 0,
                Symlink symlink = Symlink::Follow);

/// Opens the directory at a destination with O_PATH, as Place does; empty if there is none.
Fd find_destination(const Init& init, const char* path, const plan::PlaceRules& rules);

/// For a resolution of `path` that did not find a directory where it needs one: names the part.
[[noreturn]] void report_no_directory(const Init& init, const char* path);

/// Where an entry will be made: below /dev always in the real directory `dev` of the root, and
/// never through a symbolic link at `dev`. Missing directories are made. `name` points into the
/// path.
struct Location {
  int parent;  ///< of `own`, or D
  const char* name;
  Fd own;
};
Location locate(Init& init, const char* path);

/// Reads the target of a symbolic link; false if there is none. readlinkat(2)
bool read_link(int dir, const char* name, char (&target)[PATH_MAX]);

/// Whether a symbolic link with this target is there.
bool is_link_to(const Location& at, const char* target);

/// Opens a name within one file system: no link, no mount on the way, nothing above. For files of a
/// procfs, and for files that are copied.
constexpr std::uint64_t kStrictly =
    RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

/// Opens a file of P, the only procfs that init writes to: no path leads to it, so no process of
/// the container can have covered it, and no mount of the container shows the files that are open
/// in it.
Fd open_in_proc(const Init& init, const char* path, int flags);

/// Whether the file system of an open file has this magic number. statfs(2)
bool is_on(int fd, long magic);

/// Whether an open file is the root of a procfs.
bool is_proc_root(int fd);

/// Writes the whole text with one write(2), as files of /proc and of cgroups require.
void write_value(const Init& init, int fd, const char* text);

}  // namespace berth::init
