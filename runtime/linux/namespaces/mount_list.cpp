#include "runtime/linux/namespaces/mount_list.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

namespace berth::sys {

namespace {

// linux/mount.h of Linux 6.11; the headers of older distributions lack it.
constexpr long kStatmount = 457, kListmount = 458;
constexpr std::uint64_t kRoot = UINT64_MAX;                   // LSMT_ROOT
constexpr unsigned kUniqueId = 0x4000;                        // STATX_MNT_ID_UNIQUE
constexpr std::uint64_t kOfFilesystem = 0x1, kOfMount = 0x2;  // STATMOUNT_SB_BASIC, _MNT_BASIC
constexpr std::uint64_t kRootPath = 0x8, kMountpoint = 0x10;  // STATMOUNT_MNT_ROOT, _MNT_POINT
constexpr std::uint64_t kType = 0x20, kOptions = 0x80;        // STATMOUNT_FS_TYPE, _MNT_OPTS

/// struct mnt_id_req
struct Query {
  std::uint32_t size = sizeof(Query);
  std::uint32_t reserved = 0;
  std::uint64_t mount = 0;
  std::uint64_t asked = 0;  ///< statmount: what to fill in; listmount: the mount before the first
};
static_assert(sizeof(Query) == 24);  // MNT_ID_REQ_SIZE_VER0

/// struct statmount. Texts are offsets into `texts`.
struct Mount {
  std::uint32_t size;
  std::uint32_t options;
  std::uint64_t filled;  ///< of what was asked for
  std::uint32_t device[2];
  std::uint64_t magic;
  std::uint32_t flags;
  std::uint32_t type;
  std::uint64_t unique_id, unique_parent;
  std::uint32_t id, parent;
  std::uint64_t attributes, propagation, peer_group, master, from;
  std::uint32_t root, mountpoint;
  std::uint64_t others[50];
  char texts[1536];  ///< longer ones make the call fail

  bool has(std::uint64_t what) const { return (filled & what) == what; }
  std::string_view text(std::uint32_t offset) const { return texts + offset; }
};
static_assert(offsetof(Mount, texts) == 512);

bool ask(std::uint64_t mount, std::uint64_t asked, Mount& answer) {
  const Query query{.mount = mount, .asked = asked};
  return ::syscall(kStatmount, &query, &answer, sizeof answer, 0) == 0;
}

/// Returns 0 if the kernel does not say.
std::uint64_t unique_id_of(const char* path) {
  struct statx status = {};
  const long result = ::syscall(SYS_statx, AT_FDCWD, path, 0, kUniqueId, &status);
  return result == 0 && (status.stx_mask & kUniqueId) != 0 ? status.stx_mnt_id : 0;
}

/// As the kernel writes a path in mountinfo.
void append_escaped(std::string& line, std::string_view path) {
  for (const char c : path) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\\') {
      (line += c == ' ' ? "\\040" : c == '\t' ? "\\011" : c == '\n' ? "\\012" : "\\134");
    } else {
      line += c;
    }
  }
}

/// Appends the line of a mount, unless no path leads to it. Returns false if the kernel did not
/// fill in all of it, as older ones do not.
bool append_line(std::string& lines, std::uint64_t unique_id, Mount& mount) {
  constexpr std::uint64_t kNeeded = kOfMount | kRootPath | kType;
  if (!ask(unique_id, kNeeded | kMountpoint | kOptions, mount)) return false;
  if (!mount.has(kNeeded)) return false;
  const std::string_view options = mount.has(kOptions) ? mount.text(mount.options) : "";
  if (mount.text(mount.type) == "cgroup" && options.empty()) return false;  // its controllers
  if (!mount.has(kMountpoint) || mount.text(mount.mountpoint).empty()) return true;
  lines += std::to_string(mount.id) + " 0 0:0 ";
  append_escaped(lines, mount.text(mount.root));
  lines += ' ';
  append_escaped(lines, mount.text(mount.mountpoint));
  (lines += " - - ") += mount.text(mount.type);
  (lines += " none rw,") += options;
  lines += '\n';
  return true;
}

}  // namespace

std::optional<std::string> list_mounts(std::span<const std::uint64_t> magic_numbers,
                                       const char* top) {
  constexpr std::size_t kAtOnce = 128;
  std::string lines;
  std::array<std::uint64_t, kAtOnce> ids;
  Mount mount;
  const std::uint64_t above = top == nullptr ? kRoot : unique_id_of(top);
  std::uint64_t last = 0;
  bool has_answer = false;
  for (long count = kAtOnce; count == kAtOnce;) {
    const Query query{.mount = above, .asked = last};
    count = ::syscall(kListmount, &query, ids.data(), ids.size(), 0);
    if (count < 0) return std::nullopt;
    for (long i = 0; i < count; ++i) {
      last = ids.at(static_cast<std::size_t>(i));
      if (!ask(last, kOfFilesystem, mount)) {
        // It has gone, or no path leads to it.
        if (errno == ENOENT || errno == EPERM) continue;
        return std::nullopt;
      }
      has_answer = true;
      const bool is_wanted = std::ranges::find(magic_numbers, mount.magic) != magic_numbers.end();
      if (is_wanted && !append_line(lines, last, mount)) return std::nullopt;
    }
  }
  return has_answer ? std::optional(std::move(lines)) : std::nullopt;
}

}  // namespace berth::sys
