#include <linux/mount.h>

#include "runtime/plan/cgroup_mount.h"
#include "runtime/plan/compile_files.h"
#include "runtime/plan/container_path.h"
#include "runtime/plan/mount_steps.h"

namespace berth::plan {

namespace {

using Kind = MountRequest::Kind;

constexpr char kRootPath[] = "/root/path";

/// Without a mount namespace of the container's own each of these would be done to the host.
void refuse_mounts(const spec::Config& config, Builder& builder) {
  const struct {
    bool asked;
    const char* pointer;
  } properties[] = {
      {!config.mounts.empty(), "/mounts"},
      {config.root && config.root->readonly, "/root/readonly"},
      {!config.linux.rootfs_propagation.empty(), "/linux/rootfsPropagation"},
      {!config.linux.masked_paths.empty(), "/linux/maskedPaths"},
      {!config.linux.readonly_paths.empty(), "/linux/readonlyPaths"},
      {config.process && config.process->terminal, "/process/terminal"},
      // No device can be made in a user namespace, only bound.
      {has_own_namespace(config, "user"), "/linux/namespaces"},
  };
  for (const auto& property : properties) {
    if (!property.asked) continue;
    builder.problems.add(property.pointer, "needs a mount namespace of the container's own");
  }
}

/// The root's path on the host; empty when there was a problem.
std::string read_root(const spec::Config& config, Builder& builder) {
  if (!config.root) {
    builder.problems.add("/root", "is required on Linux");
    return {};
  }
  if (config.root->path.empty()) {
    builder.problems.add(kRootPath, "is empty, it names the root file system");
    return {};
  }
  return bundle_path(builder.request.bundle, config.root->path);
}

void compile_filesystem(const MountRequest& request, Builder& builder) {
  add_new_filesystem(request.type, request.source, request.pointer, builder);
  add_filesystem_words(request.options.filesystem, builder);
  const std::uint64_t late = request.late_read_only ? MOUNT_ATTR_RDONLY : 0;
  add_create(request.options.new_attributes() & ~late, request.pointer, builder);
  add_place(request.destination, request.place_flags, request.pointer, builder);
  add_propagation(request.options.propagation, builder);
}

/// The file system is reconfigured only if there is something to say to it: in a user namespace one
/// of the host's may not be.
void compile_remount(const MountRequest& request, Builder& builder) {
  const MountOptions& options = request.options;
  if (request.kind == Kind::RemountBind || options.filesystem.empty()) {
    add_child(builder, Op::FindMount, request.pointer, request.destination);
  } else {
    add_child(builder, Op::PickFilesystem, request.pointer, request.destination);
    add_filesystem_words(options.filesystem, builder);
    builder.child(Op::Reconfigure, request.pointer);
  }
  add_attributes(options, builder);
  add_propagation(options.propagation, builder);
}

void compile_mount(const MountRequest& request, Builder& builder) {
  switch (request.kind) {
    case Kind::Bind:
      add_bind(request.slots.front(), request.options, request.destination, request.place_flags,
               request.pointer, builder);
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

}  // namespace

Files compile_mount_sources(const spec::Config& config, Builder& builder) {
  Files files;
  const std::string root = read_root(config, builder);
  if (mount_namespace_of(config) == MountNamespace::Inherited) {
    refuse_mounts(config, builder);
    files.root = open_directory(root, kRootPath, builder);
  } else {
    files.root = open_tree(root, true, kRootPath, builder);
    files.mounts = read_mounts(config.mounts, builder);
  }
  for (MountRequest& request : files.mounts) {
    resolve_cgroup_mount(request, config, builder);
    if (request.kind != Kind::Bind) continue;
    request.slots.push_back(open_tree(request.source, request.options.recursive_bind,
                                      request.pointer + "/source", builder));
  }
  files.devices = read_devices(config, brings_own_dev(files.mounts), builder);
  open_devices(files.devices, config, builder);
  return files;
}

void compile_cgroup_sources(const spec::Config& config, Files& files, Builder& builder) {
  if (has_own_namespace(config, "cgroup")) return;
  for (MountRequest& request : files.mounts) open_cgroups(request, builder);
}

void compile_mounts(const Files& files, Builder& builder) {
  for (const MountRequest& request : files.mounts) compile_mount(request, builder);
}

}  // namespace berth::plan
