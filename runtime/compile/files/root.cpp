#include "runtime/compile/files/root.h"

#include <linux/mount.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/compile/files/cgroup_mount.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/linux/files/path_text.h"
#include "spec/config/linux.h"

namespace berth::plan {

namespace {

constexpr char kNoPivot[] = "--no-pivot";
constexpr char kPropagation[] = "/linux/rootfsPropagation";

/// The propagation of the root. If the config does not ask for one, it is `rslave` without an
/// origin.
PropagationChange root_propagation(const spec::Config& config) {
  const std::string& word = config.linux.rootfs_propagation;
  if (word.empty()) return {.type = MS_SLAVE, .recursive = true, .origin = {}};
  const std::uint64_t flags = spec::kPropagations.value_of(word);
  const std::uint64_t recursive = flags & MS_REC;
  return {.type = flags & ~recursive, .recursive = recursive != 0, .origin = kPropagation};
}

/// Calls `add(path, origin)` once for each path, even if a path is listed twice.
template <class Add>
void add_paths(const std::vector<std::string>& paths, const std::string& pointer, Builder& builder,
               Add add) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string origin = pointer + "/" + std::to_string(i);
    const std::string path = sys::clean_path(paths[i]);
    if (!paths[i].starts_with('/') || path == "/") {
      builder.problems.add(origin, "'" + paths[i] + "' is not an absolute path below the root");
    } else if (seen.insert(path).second) {
      add(path, origin);
    }
  }
}

/// With chroot the host's tree stays below the root, so its procfs and sysfs have to go.
void remove_kernel_mounts(Builder& builder) {
  const KernelMounts& mounts = builder.host.kernel_mounts;
  builder.add(MoveRoot{}, kRootPath);
  for (const std::string& path : mounts.paths) {
    builder.add(RemoveMount{.path = builder.text(path)}, "");
  }
  if (mounts.unreachable.empty()) return;
  builder.unsupported(
      kNoPivot, "'" + mounts.unreachable + "' of the host cannot be unmounted, another mount " +
                    "hides it, and a user namespace could mount a new one without masks");
}

void warn_of_others_proc(const spec::Config& config, Builder& builder) {
  const bool is_new = mount_namespace_of(config) == MountNamespace::New;
  if (is_new || config.linux.masked_paths.empty()) return;
  builder.warn("/linux/maskedPaths",
               "a procfs of this mount namespace that is not masked lets a nested user namespace " +
                   std::string("mount a new one without masks"));
}

}  // namespace

bool has_own_root_mount(const spec::Config& config) {
  return mount_namespace_of(config) != MountNamespace::Inherited || !config.mounts.empty() ||
         (config.root && config.root->readonly) || !config.linux.rootfs_propagation.empty() ||
         !config.linux.masked_paths.empty() || !config.linux.readonly_paths.empty() ||
         (config.process && config.process->terminal);
}

void compile_root(const spec::Config& config, const Files& files, Builder& builder) {
  const MountNamespace space = mount_namespace_of(config);
  if (space == MountNamespace::Inherited) {
    builder.add(UseRoot{.directory = files.root}, kRootPath);
    if (!has_own_root_mount(config)) return;
  } else if (files.empty_namespace != kNoSlot) {
    // The tree stays detached until its namespace is there (Linux 6.15).
    builder.add(UseRoot{.directory = files.root}, kRootPath);
  } else if (space == MountNamespace::New) {
    // The old tree still receives what the host mounts, but no mount in it reaches the host.
    builder.add(DetachPropagation{.type = {MS_SLAVE}}, "");
    builder.add_late_sources();
    // The root is attached within the host's tree, because hooks look for it at its path.
    builder.add(AttachRoot{.path = builder.text(files.root_path), .tree = files.root}, kRootPath);
  } else {
    // Other processes use a joined mount namespace, too. So the tree stays detached: only this
    // container sees it, and it goes with its last process. The child has to make it, because only
    // a tree of this namespace takes mounts (Linux 6.15).
    const CloneTree clone{
        .path = builder.text(files.root_path), .recursive = true, .no_magic_links = true};
    builder.add(UseRoot{.directory = builder.fill(clone, kRootPath)}, kRootPath);
  }
  // Until the end no mount is shared with the host, because new ones would show up there. A root
  // that will not be a slave is private from the beginning, so that `shared` makes a new peer
  // group.
  PropagationChange change = root_propagation(config);
  change.type = change.type == MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
  change.recursive = true;
  add_propagation({change}, builder);
}

void compile_enter_root(const spec::Config& config, const Files& files, Builder& builder) {
  if (files.empty_namespace != kNoSlot) {
    builder.add(CopyEmptyNamespace{.space = files.empty_namespace},
                namespace_pointer(config, "mount"));
    builder.add(EnterRoot{.entry = Entry::Cover}, kRootPath);
    return;
  }
  const bool is_new = mount_namespace_of(config) == MountNamespace::New;
  const bool pivots = is_new && !builder.request.no_pivot;
  if (is_new && !pivots) remove_kernel_mounts(builder);
  builder.add(EnterRoot{.entry = pivots ? Entry::Pivot : Entry::Chroot}, kRootPath);
}

void compile_protection(const spec::Config& config, const Files& files, Builder& builder) {
  if (!has_own_root_mount(config)) return;
  warn_of_others_proc(config, builder);
  add_paths(config.linux.readonly_paths, "/linux/readonlyPaths", builder,
            [&](const std::string& path, const std::string& origin) {
              builder.add(ProtectPath{.path = builder.text(path)}, origin);
            });
  add_paths(config.linux.masked_paths, "/linux/maskedPaths", builder,
            [&](const std::string& path, const std::string& origin) {
              builder.add(MaskPath{.path = builder.text(path),
                                   .label = builder.text(config.linux.mount_label)},
                          origin);
            });
  for (const MountRequest& request : files.mounts) {
    if (request.late_read_only) add_late_read_only(request, builder);
    if (request.is_staged && is_cgroup_directory(request, builder))
      finish_cgroup_directory(request, builder);
  }
  if (config.root && config.root->readonly) {
    builder.add(FindMount{.path = builder.text("/")}, "/root/readonly");
    add_read_only("/root/readonly", builder);
  }
  const PropagationChange change = root_propagation(config);
  if (change.type == MS_SHARED || change.type == MS_UNBINDABLE) {
    builder.add(FindMount{.path = builder.text("/")}, kPropagation);
    add_propagation({change}, builder);
  }
}

}  // namespace berth::plan
