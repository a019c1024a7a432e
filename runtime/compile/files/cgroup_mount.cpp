#include "runtime/compile/files/cgroup_mount.h"

#include <linux/mount.h>

#include <string>

#include "runtime/compile/files/mount_labels.h"
#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/files/mounts.h"
#include "runtime/compile/namespaces/config_namespaces.h"

namespace berth::plan {

namespace {

constexpr char kNamed[] = "name=";

/// Whether the mount is one file system (v2). On v1 and hybrid hosts it is a directory with all
/// hierarchies.
bool is_single(const MountRequest& request, const CgroupLayout& layout) {
  return request.type == "cgroup2" || layout.mode == CgroupLayout::Mode::V2;
}

/// `cpu,cpuacct`: a hierarchy has the name that it has on the host.
std::string directory_name(const CgroupHierarchy& hierarchy) {
  return hierarchy.mountpoint.substr(hierarchy.mountpoint.rfind('/') + 1);
}

void add_hierarchy(const CgroupHierarchy& hierarchy, const MountOptions& options,
                   const std::string& origin, Builder& builder) {
  const auto kind = FilesystemWord::Kind::Data;
  std::vector<FilesystemWord> words;
  for (const std::string& controller : hierarchy.controllers) {
    words.push_back({controller, std::nullopt, kind, origin});
  }
  if (hierarchy.name.starts_with(kNamed)) {
    words.push_back({"name", hierarchy.name.substr(sizeof kNamed - 1), kind, origin});
  }
  add_new_filesystem(hierarchy.unified ? "cgroup2" : "cgroup", "", origin, builder);
  if (!hierarchy.unified) add_filesystem_words(words, builder);
  add_create(options.new_attributes(), origin, builder);
}

/// Makes links so that each controller of a joint hierarchy leads to it: cpu -> cpu,cpuacct
void add_controller_links(const CgroupHierarchy& hierarchy, const std::string& destination,
                          const std::string& origin, Builder& builder) {
  const std::string name = directory_name(hierarchy);
  const std::string below = destination + "/";
  if (hierarchy.unified || hierarchy.controllers.size() < 2) return;
  for (const std::string& controller : hierarchy.controllers) {
    builder.add(MakeSymlink{.path = builder.text(below + controller), .target = builder.text(name)},
                origin);
  }
}

/// Mounts the directory of all hierarchies. It stays writable until they are in it.
void add_directory(const MountRequest& request, Builder& builder) {
  const std::string source = request.source.empty() ? "cgroup" : request.source;
  add_new_filesystem("tmpfs", source, request.pointer, builder);
  add_filesystem_words({{"mode", "755", FilesystemWord::Kind::Data, request.pointer}}, builder);
  add_mount_label(request, builder);
  add_create(request.options.new_attributes() & ~std::uint64_t{MOUNT_ATTR_RDONLY}, request.pointer,
             builder);
  add_place(request.destination, request.place_rules, request.pointer, builder);
}

}  // namespace

bool is_cgroup_directory(const MountRequest& request, const Builder& builder) {
  return request.kind == MountRequest::Kind::Cgroup && !is_single(request, builder.host.cgroups);
}

void finish_cgroup_directory(const MountRequest& request, Builder& builder) {
  const bool read_only = (request.options.new_attributes() & MOUNT_ATTR_RDONLY) != 0;
  if (read_only) add_late_read_only(request, builder);
  if (request.options.propagation.empty()) return;
  const bool is_at_hand = read_only && !request.is_final;
  if (!is_at_hand)
    builder.add(FindMount{.path = builder.text(request.destination)}, request.pointer);
  add_propagation(request.options.propagation, builder);
}

namespace {

/// Shows the container's own cgroup of one hierarchy.
void add_own_group(const MountRequest& request, std::size_t hierarchy, const std::string& place,
                   PlaceRules rules, Builder& builder) {
  if (request.in_turn) {
    add_clone(builder.plan.cgroup.directories[hierarchy].path, false, Symlink::Follow,
              request.pointer, builder);
  } else {
    builder.add(TakeTree{.tree = request.slots[hierarchy]}, request.pointer);
  }
  add_bound(request.options, place, rules, request.pointer, builder);
}

void compile_hierarchies(const MountRequest& request, Builder& builder) {
  add_directory(request, builder);
  const auto& hierarchies = builder.host.cgroups.hierarchies;
  for (std::size_t i = 0; i < hierarchies.size(); ++i) {
    const std::string place = request.destination + "/" + directory_name(hierarchies[i]);
    if (request.slots.empty()) {
      add_hierarchy(hierarchies[i], request.options, request.pointer, builder);
      add_place(place, {}, request.pointer, builder);
    } else {
      add_own_group(request, i, place, {}, builder);
    }
    add_controller_links(hierarchies[i], request.destination, request.pointer, builder);
  }
  if (!request.is_staged) finish_cgroup_directory(request, builder);
}

}  // namespace

void resolve_cgroup_mount(MountRequest& request, const spec::Config& config, Builder& builder) {
  if (request.kind != MountRequest::Kind::Cgroup) return;
  const CgroupLayout& layout = builder.host.cgroups;
  const bool single = is_single(request, layout);
  if (layout.hierarchies.empty() || (single && layout.unified() == nullptr)) {
    builder.unsupported(request.pointer, "this host has no " + request.type + " hierarchy mounted");
  } else if (single && has_own_namespace(config, "cgroup")) {
    request.kind = MountRequest::Kind::Filesystem;
    request.type = "cgroup2";
  } else {
    refuse_filesystem_words(request.options, ErrorKind::Unsupported, builder);
    if (!has_own_namespace(config, "cgroup")) {
      request.slots.assign(layout.hierarchies.size(), kNoSlot);
    }
  }
}

void open_cgroups(MountRequest& request, Builder& builder) {
  if (request.kind != MountRequest::Kind::Cgroup || request.slots.empty() || request.in_turn)
    return;
  const std::vector<CgroupDirectory>& directories = builder.plan.cgroup.directories;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (!is_single(request, builder.host.cgroups) || directories[i].hierarchy.unified) {
      request.slots[i] =
          builder.source(directories[i].path, false, Symlink::Follow, request.pointer);
    }
  }
}

void compile_cgroup_mount(const MountRequest& request, Builder& builder) {
  if (!is_single(request, builder.host.cgroups)) {
    compile_hierarchies(request, builder);
    return;
  }
  const std::vector<CgroupDirectory>& directories = builder.plan.cgroup.directories;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    if (!directories[i].hierarchy.unified) continue;
    add_own_group(request, i, request.destination, request.place_rules, builder);
  }
}

}  // namespace berth::plan
