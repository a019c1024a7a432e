#include "runtime/host/pinned_namespaces.h"

#include <linux/magic.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/host/mountinfo.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/files/path_text.h"
#include "runtime/linux/namespaces/empty_namespace.h"
#include "runtime/linux/namespaces/mount_list.h"

namespace berth::plan {

namespace {

using Directories = std::vector<sys::FileIdentity>;

void add_directory(const std::string& path, Directories& directories) {
  const auto directory = sys::open_dir_if_exists(path);
  if (directory) directories.push_back(sys::facts_of(directory->fd, path).identity);
}

/// Those that come with all that is mounted below them.
Directories recursive_sources(const spec::Config& config, const std::string& bundle) {
  Directories directories;
  for (const spec::Mount& mount : config.mounts) {
    const bool is_recursive =
        std::find(mount.options.begin(), mount.options.end(), "rbind") != mount.options.end();
    if (is_recursive) add_directory(sys::bundle_path(bundle, mount.source), directories);
  }
  const std::string root = sys::bundle_path(bundle, config.root ? config.root->path : "");
  if (sys::is_below("/run", sys::clean_path(root))) add_directory(root, directories);
  return directories;
}

/// Whether the path leads through one of the directories.
bool is_below_one(std::string path, const Directories& directories) {
  while (!path.empty()) {
    path.resize(path.rfind('/'));
    Directories above;
    add_directory(path.empty() ? "/" : path, above);
    if (above.empty()) return true;  // what berth may not look at
    if (std::find(directories.begin(), directories.end(), above.front()) != directories.end())
      return true;
  }
  return false;
}

}  // namespace

bool brings_pinned_namespace(const spec::Config& config, const std::string& bundle) {
  const Directories directories = recursive_sources(config, bundle);
  if (directories.empty()) return false;
  constexpr std::uint64_t kFiles[] = {NSFS_MAGIC};
  const auto lines = sys::list_mounts(kFiles);
  if (!lines) return true;  // nobody knows
  const auto mounts = parse_mountinfo(*lines);
  return std::any_of(mounts.begin(), mounts.end(), [&](const MountLine& mount) {
    // berth's own is in a directory that is not bound.
    return mount.root.starts_with("mnt:") && mount.mountpoint != sys::kEmptyNamespace &&
           is_below_one(unescaped(mount.mountpoint), directories);
  });
}

}  // namespace berth::plan
