#include "runtime/compile/files/mounts.h"

#include <linux/mount.h>
#include <sched.h>

#include <algorithm>

#include "runtime/compile/files/cgroup_mount.h"
#include "runtime/compile/files/mount_id_maps.h"
#include "runtime/compile/files/mount_labels.h"
#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/files/root.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/empty_start.h"
#include "runtime/linux/files/path_text.h"

namespace berth::plan {

namespace {

using Kind = MountRequest::Kind;

/// Root of a new user namespace may not mount in a mount namespace of another user namespace.
void refuse_without_namespace(const spec::Config& config, Builder& builder) {
  const bool is_inherited = mount_namespace_of(config) == MountNamespace::Inherited;
  if (!is_inherited || !has_own_namespace(config, "user")) return;
  builder.problems.add("/linux/namespaces", "an entry 'user' needs an entry 'mount', too");
}

/// Only root of a namespace may make the file system that shows it. With a new user namespace, the
/// child is not root of a namespace that it inherits or joins. user_namespaces(7)
void check_namespace(const MountRequest& request, const spec::Config& config, Builder& builder) {
  constexpr struct {
    const char* type;
    const char* space;
    const char* instead;
  } kShown[] = {
      {"sysfs", "network", "bind /sys instead"},
      {"mqueue", "ipc", "bind /dev/mqueue instead"},
      {"proc", "pid", "bind /proc instead"},
      {"cgroup2", "cgroup", "bind /sys/fs/cgroup instead"},
      {"cgroup", "cgroup", "bind /sys/fs/cgroup instead"},
  };
  const bool is_new =
      request.kind == Kind::Filesystem || (request.kind == Kind::Cgroup && request.slots.empty());
  if (!is_new || !has_new_namespace(config, "user")) return;
  for (const auto& shown : kShown) {
    if (request.type != shown.type || has_new_namespace(config, shown.space)) continue;
    builder.problems.add(request.pointer + "/type",
                         "'" + request.type + "' in a new user namespace needs a new namespace '" +
                             shown.space + "', too; or " + shown.instead);
  }
}

/// The root's path on the host; empty if there was a problem.
std::string read_root(const spec::Config& config, Builder& builder) {
  if (!config.root) {
    builder.problems.add("/root", "is required on Linux");
    return {};
  }
  if (config.root->path.empty()) {
    builder.problems.add(kRootPath, "is empty, it names the root file system");
    return {};
  }
  return sys::bundle_path(builder.request.bundle, config.root->path);
}

/// What a copy does not take from the covered directory, because the options say it.
KeptByCopy kept_by_copy(const MountOptions& options) {
  KeptByCopy kept;
  for (const FilesystemWord& word : options.filesystem) {
    if (word.key == "mode") kept.mode = true;
    if (word.key == "uid") kept.user = true;
    if (word.key == "gid") kept.group = true;
  }
  return kept;
}

/// Without a word for its mode, a tmpfs gets the mode of the directory that it covers.
void add_mode(const MountRequest& request, Builder& builder) {
  if (kept_by_copy(request.options).mode) return;
  builder.add(TakeMode{.path = builder.text(request.destination), .rules = request.place_rules},
              request.pointer);
}

void map_new_mount(const MountIdMap& map, const std::string& type, Builder& builder) {
  builder.add(MapMountIds{.name = builder.text(type),
                          .user_namespace = map.user_namespace,
                          .recursive = map.recursive},
              map.origin);
}

void compile_filesystem(const MountRequest& request, Builder& builder) {
  add_new_filesystem(request.type, request.source, request.pointer, builder);
  add_filesystem_words(request.options.filesystem, builder);
  add_mount_label(request, builder);
  const bool is_copy = !request.options.copy_up.empty();
  if (request.type == "tmpfs" && !is_copy) add_mode(request, builder);
  const std::uint64_t late = request.late_read_only || is_copy ? MOUNT_ATTR_RDONLY : 0;
  const std::uint64_t attributes = request.options.new_attributes();
  add_create(attributes & ~late, request.pointer, builder);
  add_top_label(request, builder);
  if (request.id_map) map_new_mount(*request.id_map, request.type, builder);
  if (is_copy) {
    builder.add(CopyUp{.path = builder.text(request.destination),
                       .keeps = kept_by_copy(request.options),
                       .rules = request.place_rules},
                request.options.copy_up);
    const bool read_only = !request.late_read_only && (attributes & MOUNT_ATTR_RDONLY) != 0;
    if (read_only) add_read_only(request.pointer + "/options", builder);
  }
  add_place(request.destination, request.place_rules, request.pointer, builder);
  add_propagation(request.options.propagation, builder);
}

/// Reconfigures the file system only if the options have words for it: in a user namespace the
/// kernel refuses that for a file system of the host.
void compile_remount(const MountRequest& request, Builder& builder) {
  const MountOptions& options = request.options;
  if (request.kind == Kind::RemountBind || options.filesystem.empty()) {
    builder.add(FindMount{.path = builder.text(request.destination)}, request.pointer);
  } else {
    builder.add(PickFilesystem{.path = builder.text(request.destination)}, request.pointer);
    add_filesystem_words(options.filesystem, builder);
    builder.add(Reconfigure{}, request.pointer);
  }
  add_attributes(options, builder);
  add_propagation(options.propagation, builder);
}

void compile_bind(const MountRequest& request, Builder& builder) {
  const std::string& origin = request.pointer;
  if (request.in_turn) {
    add_clone(request.source, request.options.recursive_bind, request.symlink(), origin + "/source",
              builder);
  } else {
    builder.add(TakeTree{.tree = request.slots.front()}, origin);
  }
  add_bound(request.options, request.destination, request.place_rules, origin, builder);
}

void compile_mount(const MountRequest& request, Builder& builder) {
  switch (request.kind) {
    case Kind::Bind:
      compile_bind(request, builder);
      break;
    case Kind::Filesystem:
      compile_filesystem(request, builder);
      break;
    case Kind::Cgroup:
      compile_cgroup_mount(request, builder);
      break;
    case Kind::Remount:
    case Kind::RemountBind:
      compile_remount(request, builder);
      break;
  }
}

/// Whether the child opens the source when it is this mount's turn. The kernel lists mounts in the
/// order in which they were opened, and an earlier mount may have brought the source. The child
/// must see what the host sees, with the host's rights. The host opens a source before the clone if
/// the mount is shared with it, if it maps the mount's ids, if the mount holds the root itself, or
/// if the source, like /proc/self, is another one for each process.
bool is_opened_in_turn(const MountRequest& request, const spec::Mount& mount,
                       const std::string& root_path, bool has_host_rights) {
  const MountOptions& options = request.options;
  const auto shares = [](const PropagationChange& change) { return change.type == MS_SHARED; };
  const bool is_shared = std::ranges::any_of(options.propagation, shares);
  const bool is_mapped =
      options.id_map || !mount.uid_mappings.empty() || !mount.gid_mappings.empty();
  const std::string source = sys::clean_path(request.source);
  const bool holds_root =
      options.recursive_bind && sys::is_below(sys::clean_path(root_path + "/x"), source);
  const bool is_of_process = sys::is_below(source, "/proc") || sys::is_below(source, "/dev/fd");
  return has_host_rights && !is_shared && !is_mapped && !holds_root && !is_of_process;
}

Slot open_source(const MountRequest& request, Builder& builder) {
  return builder.source(request.source, request.options.recursive_bind, request.symlink(),
                        request.pointer + "/source");
}

void compile_empty_namespace(const spec::Config& config, Files& files, Builder& builder) {
  if (!may_start_empty(config, files, builder)) return;
  files.empty_namespace = builder.fill(
      OpenNamespace{.path = builder.text(builder.host.empty_namespace), .type = {CLONE_NEWNS}},
      namespace_pointer(config, "mount"));
  for (MountRequest& request : files.mounts) request.is_staged = true;
}

}  // namespace

Files compile_mount_sources(const spec::Config& config, Builder& builder) {
  Files files;
  files.root_path = read_root(config, builder);
  refuse_without_namespace(config, builder);
  // In a joined mount namespace the child opens the root; here berth only checks that it exists.
  const bool is_joined = mount_namespace_of(config) == MountNamespace::Joined;
  files.root = is_joined || !has_own_root_mount(config)
                   ? builder.fill(OpenDirectory{.path = builder.text(files.root_path)}, kRootPath)
                   : builder.root(files.root_path, kRootPath);
  files.mounts = read_mounts(config.mounts, builder);
  const bool has_copy = mount_namespace_of(config) == MountNamespace::New;
  const bool has_host_rights =
      has_copy && (!has_own_namespace(config, "user") || !builder.host.may_mount);
  for (std::size_t i = 0; i < files.mounts.size(); ++i) {
    MountRequest& request = files.mounts[i];
    request.is_final = !has_copy;
    request.in_turn =
        is_opened_in_turn(request, config.mounts[i], files.root_path, has_host_rights);
    resolve_cgroup_mount(request, config, builder);
    check_namespace(request, config, builder);
    const bool is_opened_now = request.kind == Kind::Bind && !request.in_turn;
    if (is_opened_now) request.slots.push_back(open_source(request, builder));
  }
  compile_empty_namespace(config, files, builder);
  compile_mount_labels(config, files.mounts, builder);
  compile_own_id_maps(config, files.mounts, builder);
  files.devices = read_devices(config, files.mounts, builder);
  open_devices(files.devices, config, builder);
  return files;
}

void add_late_read_only(const MountRequest& request, Builder& builder) {
  const std::string origin = request.pointer + "/options";
  if (request.is_final) {
    builder.add(ProtectPath{.path = builder.text(request.destination)}, origin);
  } else {
    builder.add(FindMount{.path = builder.text(request.destination)}, request.pointer);
    add_read_only(origin, builder);
  }
}

void compile_cgroup_sources(Files& files, Builder& builder) {
  for (MountRequest& request : files.mounts) open_cgroups(request, builder);
}

void compile_mounts(const Files& files, Builder& builder) {
  for (const MountRequest& request : files.mounts) compile_mount(request, builder);
}

}  // namespace berth::plan
