#include "runtime/compile/namespaces/empty_start.h"

#include <algorithm>
#include <string_view>

#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/process/hooks.h"
#include "runtime/linux/files/path_text.h"

namespace berth::plan {

namespace {

using Kind = MountRequest::Kind;

/// File systems that take no path of the host as an option.
constexpr std::string_view kWithoutPaths[] = {"cgroup2", "devpts", "mqueue",
                                              "proc",    "sysfs",  "tmpfs"};

bool can_be_staged(const MountRequest& request, const std::string& root_path) {
  switch (request.kind) {
    case Kind::Bind:
      return !sys::is_below(sys::clean_path(request.source + "/x"), root_path);
    case Kind::Filesystem:
      return std::ranges::find(kWithoutPaths, request.type) != std::end(kWithoutPaths);
    case Kind::Cgroup:
      return true;
    case Kind::Remount:
    case Kind::RemountBind:
      return false;
  }
  return false;
}

}  // namespace

bool may_start_empty(const spec::Config& config, const Files& files, const Builder& builder) {
  if (builder.host.empty_namespace.empty() || builder.request.no_pivot) return false;
  if (mount_namespace_of(config) != MountNamespace::New) return false;
  if (has_own_namespace(config, "user") || has_create_hooks(config)) return false;
  const std::string root_path = sys::clean_path(files.root_path);
  return std::ranges::all_of(
      files.mounts, [&](const MountRequest& request) { return can_be_staged(request, root_path); });
}

}  // namespace berth::plan
