// The kernel's answers about mounts, as linux/mount.h of Linux 6.11 has them; the headers of older
// distributions lack them. statmount(2), listmount(2)
#pragma once

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace berth::sys {

constexpr long kStatmount = 457, kListmount = 458;

/// STATMOUNT_*
struct Asked {
  static constexpr std::uint64_t kFilesystem = 0x1, kMount = 0x2, kRoot = 0x8, kMountpoint = 0x10,
                                 kType = 0x20, kOptions = 0x80;
};

/// struct mnt_id_req
struct MountQuery {
  std::uint32_t size = sizeof(MountQuery);
  std::uint32_t reserved = 0;
  std::uint64_t mount = 0;
  std::uint64_t asked = 0;  ///< statmount: what to fill in; listmount: the mount before the first
};
static_assert(sizeof(MountQuery) == 24);  // MNT_ID_REQ_SIZE_VER0

/// struct statmount. Texts are offsets into `texts`.
struct MountAnswer {
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
static_assert(offsetof(MountAnswer, texts) == 512);

inline bool ask(std::uint64_t mount, std::uint64_t asked, MountAnswer& answer) {
  const MountQuery query{.mount = mount, .asked = asked};
  return ::syscall(kStatmount, &query, &answer, sizeof answer, 0) == 0;
}

/// The type of the file and the id of its mount; the id is 0 if the kernel does not say.
struct MountOfFile {
  std::uint64_t id = 0;
  unsigned mode = 0;
};
inline MountOfFile mount_of(int directory, const char* path, int flags) {
  constexpr unsigned kUniqueId = 0x4000;  // STATX_MNT_ID_UNIQUE
  struct statx status = {};
  const long result = ::syscall(SYS_statx, directory, path, flags, STATX_TYPE | kUniqueId, &status);
  const bool is_known = result == 0 && (status.stx_mask & kUniqueId) != 0;
  return {.id = is_known ? status.stx_mnt_id : 0, .mode = status.stx_mode};
}

constexpr std::uint64_t kTopmost = UINT64_MAX;  // LSMT_ROOT

/// Calls `visit(id, answer)` with what was asked of each mount below `top`, until it returns false.
/// Returns whether the kernel has answered all, with at least one mount.
template <class Visit>
bool for_each_mount(std::uint64_t top, std::uint64_t asked, Visit visit) {
  constexpr std::size_t kAtOnce = 128;
  std::array<std::uint64_t, kAtOnce> ids;
  MountAnswer answer;
  std::uint64_t last = 0;
  bool has_answer = false;
  for (long count = kAtOnce; count == kAtOnce;) {
    const MountQuery query{.mount = top, .asked = last};
    count = ::syscall(kListmount, &query, ids.data(), ids.size(), 0);
    if (count < 0) return false;
    for (long i = 0; i < count; ++i) {
      last = ids.at(static_cast<std::size_t>(i));
      if (!ask(last, asked, answer)) {
        // It has gone, or no path leads to it.
        if (errno == ENOENT || errno == EPERM) continue;
        return false;
      }
      has_answer = true;
      if (!visit(last, answer)) return false;
    }
  }
  return has_answer;
}

}  // namespace berth::sys
