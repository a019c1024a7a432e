// Id-mapped mounts: which mapping a mount gets, and who applies it. The host applies a mount's own
// mapping before anything else, and the container's once its user namespace exists. The child
// applies the mapping of a new file system, because the child makes it. config.md "Linux mount
// options"
#include "runtime/compile/files/mount_id_maps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/namespaces/config_namespaces.h"

namespace berth::plan {

namespace {

using Kind = MountRequest::Kind;

IdMaps container_maps(const spec::Config& config) {
  return {.uids = config.linux.uid_mappings, .gids = config.linux.gid_mappings};
}

/// Reads the arrays of the mount, or the value of `idmap=`.
void read_maps(const spec::Mount& mount, const MountRequest& request, const spec::Config& config,
               MountIdMap& map, Builder& builder) {
  const auto& word = request.options.id_map;
  map.maps = {.uids = mount.uid_mappings, .gids = mount.gid_mappings};
  check_id_map(map.maps.uids, request.pointer + "/uidMappings", builder.problems);
  check_id_map(map.maps.gids, request.pointer + "/gidMappings", builder.problems);
  if (!word || !word->maps) return;
  if (!map.maps.empty()) {
    builder.problems.add(word->origin, "has mappings, and so has " + request.pointer);
    return;
  }
  const std::string fault = parse_id_maps(*word->maps, container_maps(config), map.maps);
  if (!fault.empty()) builder.problems.add(word->origin, fault);
}

void check_mount(const MountRequest& request, const MountIdMap& map, const spec::Config& config,
                 Builder& builder) {
  const bool has_users = has_own_namespace(config, "user");
  const auto refuse = [&](const char* why, ErrorKind kind) {
    builder.problems.add(map.origin, why, kind);
  };
  if (map.maps.empty() && !has_users) {
    refuse("needs 'uidMappings' and 'gidMappings', or a user namespace to take them from",
           ErrorKind::Config);
  } else if (request.options.remount) {
    refuse("a mount that is there already cannot get an id mapping", ErrorKind::Config);
  } else if (request.kind == Kind::Bind && !builder.host.may_mount) {
    refuse("a caller without privilege cannot map the ids of what the host has mounted",
           ErrorKind::Unsupported);
  } else if (request.kind == Kind::Cgroup) {
    refuse("control group file systems take no id mapping", ErrorKind::Unsupported);
  } else if (request.kind == Kind::Filesystem && has_users) {
    refuse("a new file system has the ids of the container's user namespace, and no other mapping",
           ErrorKind::Unsupported);
  }
}

std::optional<MountIdMap> read_id_map(const spec::Mount& mount, const MountRequest& request,
                                      const spec::Config& config, Builder& builder) {
  const auto& word = request.options.id_map;
  if (!word && mount.uid_mappings.empty() && mount.gid_mappings.empty()) return std::nullopt;
  MountIdMap map;
  map.recursive = word && word->recursive;
  map.origin = word ? word->origin : request.pointer + "/uidMappings";
  read_maps(mount, request, config, map, builder);
  check_mount(request, map, config, builder);
  return map;
}

void map_tree(const MountRequest& request, Builder& builder) {
  builder.add(MapTreeIds{.name = builder.text(request.source),
                         .tree = request.slots.front(),
                         .user_namespace = request.id_map->user_namespace,
                         .recursive = request.id_map->recursive},
              request.id_map->origin);
}

}  // namespace

void compile_own_id_maps(const spec::Config& config, std::vector<MountRequest>& mounts,
                         Builder& builder) {
  // Mounts with equal mappings share one user namespace.
  std::map<std::pair<std::string, std::string>, Slot> namespaces;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    MountRequest& request = mounts[i];
    request.id_map = read_id_map(config.mounts[i], request, config, builder);
    if (!request.id_map || request.id_map->maps.empty()) continue;
    const std::string uids = id_map_lines(request.id_map->maps.uids);
    const std::string gids = id_map_lines(request.id_map->maps.gids);
    const auto [known, is_new] = namespaces.try_emplace({uids, gids}, kNoSlot);
    if (is_new) {
      known->second = builder.fill(
          OpenUserNamespace{.uid_map = builder.text(uids), .gid_map = builder.text(gids)},
          request.id_map->origin);
    }
    request.id_map->user_namespace = known->second;
    if (request.kind == Kind::Bind) map_tree(request, builder);
  }
}

void compile_container_id_maps(const spec::Config& config, const Files& files, Builder& builder) {
  const auto takes_it = [](const MountRequest& request) {
    return request.kind == Kind::Bind && request.id_map && request.id_map->maps.empty();
  };
  if (std::ranges::none_of(files.mounts, takes_it)) return;
  // With a new user namespace the child is waiting already.
  if (!has_new_namespace(config, "user")) {
    builder.add(Synchronize{.sync = Sync::UserReady}, "");
  }
  for (const MountRequest& request : files.mounts) {
    if (takes_it(request)) map_tree(request, builder);
  }
}

}  // namespace berth::plan
