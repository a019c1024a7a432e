#include "runtime/compile/namespaces/empty_start.h"

#include <linux/mount.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/linux/files/path_text.h"
#include "spec/config/linux.h"

namespace berth::plan {

namespace {

using Kind = MountRequest::Kind;

/// File systems that take no path of the host as an option.
constexpr std::string_view kWithoutPaths[] = {"cgroup2", "devpts", "mqueue",
                                              "proc",    "sysfs",  "tmpfs"};

bool is_private(const PropagationChange& change) { return change.type == MS_PRIVATE; }

/// Whether one of the paths is that of the other, or below it.
bool overlap(const std::string& one, const std::string& other) {
  return one == other || sys::is_below(one, other) || sys::is_below(other, one);
}

/// Whether the directory of all hierarchies is still on top at its path when it becomes read-only.
bool stays_on_top(const MountRequest& directory, const spec::Config& config, const Files& files) {
  const auto covers = [&](const std::string& path) {
    return overlap(sys::clean_path(path), directory.destination);
  };
  bool is_later = false;
  for (const MountRequest& other : files.mounts) {
    if (is_later && covers(other.destination)) return false;
    is_later = is_later || &other == &directory;
  }
  return std::ranges::none_of(config.linux.masked_paths, covers) &&
         std::ranges::none_of(config.linux.readonly_paths, covers);
}

bool can_be_staged(const MountRequest& request, const spec::Config& config, const Files& files) {
  const auto& propagation = request.options.propagation;
  switch (request.kind) {
    case Kind::Bind:
      return std::ranges::all_of(propagation, is_private);
    case Kind::Filesystem:
      return propagation.empty() &&
             std::ranges::find(kWithoutPaths, request.type) != std::end(kWithoutPaths);
    case Kind::Cgroup:
      return propagation.empty() && stays_on_top(request, config, files);
    case Kind::Remount:
    case Kind::RemountBind:
      return false;
  }
  return false;
}

/// What the host mounts meanwhile reaches no detached tree.
bool may_miss_mounts(const std::string& propagation) {
  return propagation.empty() || spec::kPropagations.value_of(propagation) == MS_PRIVATE ||
         spec::kPropagations.value_of(propagation) == (MS_PRIVATE | MS_REC);
}

}  // namespace

bool may_start_empty(const spec::Config& config, const Files& files, const Builder& builder) {
  if (builder.host.empty_namespace.empty() || builder.request.no_pivot) return false;
  if (mount_namespace_of(config) != MountNamespace::New) return false;
  if (has_own_namespace(config, "user") || config.hooks.any_in_create()) return false;
  if (!may_miss_mounts(config.linux.rootfs_propagation)) return false;
  return std::ranges::all_of(files.mounts, [&](const MountRequest& request) {
    return can_be_staged(request, config, files);
  });
}

}  // namespace berth::plan
