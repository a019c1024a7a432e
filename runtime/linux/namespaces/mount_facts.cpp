#include "runtime/linux/namespaces/mount_facts.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/stat.h>

#include <array>
#include <climits>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/namespaces/statmount.h"

namespace berth::sys {

namespace {

constexpr std::uint64_t kNeeded =
    Asked::kFilesystem | Asked::kMount | Asked::kRoot | Asked::kMountpoint;

bool is_unmovable(const MountAnswer& mount) {
  const bool is_of_namespace = mount.magic == NSFS_MAGIC && mount.has(Asked::kRoot) &&
                               mount.text(mount.root).starts_with("mnt:");
  return is_of_namespace || (mount.propagation & MS_UNBINDABLE) != 0;
}

/// Empty if the path is longer than the kernel allows.
std::string real_path(const Fd& file) {
  std::array<char, PATH_MAX> path;
  const std::string link = "/proc/self/fd/" + std::to_string(file.get());
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return {};
  return {path.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<SourceFacts> facts_of_source(const std::string& path) {
  const Fd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!file) return std::nullopt;
  const MountOfFile found = mount_of(file.get(), "", AT_EMPTY_PATH);
  MountAnswer mount;
  if (found.id == 0 || !ask(found.id, kNeeded, mount) || !mount.has(Asked::kMount)) {
    return std::nullopt;
  }
  SourceFacts facts{.path = real_path(file),
                    .is_directory = S_ISDIR(found.mode),
                    .is_unmovable = is_unmovable(mount)};
  return facts.path.empty() ? std::nullopt : std::optional(std::move(facts));
}

std::optional<std::vector<std::string>> find_unmovable_mounts() {
  std::vector<std::string> paths;
  const bool has_answer =
      for_each_mount(kTopmost, kNeeded, [&](std::uint64_t, const MountAnswer& mount) {
        if (is_unmovable(mount) && mount.has(Asked::kMountpoint))
          paths.emplace_back(mount.text(mount.mountpoint));
        return true;
      });
  return has_answer ? std::optional(std::move(paths)) : std::nullopt;
}

}  // namespace berth::sys
