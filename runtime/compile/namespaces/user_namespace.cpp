// The user namespace: config-linux.md "User namespace mappings". A caller with privilege has berth
// write the maps. Without privilege, berth writes only a map of the caller's own id; the setuid
// programs newuidmap(1) and newgidmap(1) write any other map. user_namespaces(7)
#include "runtime/compile/namespaces/user_namespace.h"

#include "runtime/compile/annotations.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/id_mapping.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/process/limits.h"

namespace berth::plan {

namespace {

using Mappings = std::vector<spec::IdMapping>;

constexpr char kUids[] = "/linux/uidMappings";
constexpr char kGids[] = "/linux/gidMappings";

struct Map {
  const char* file;
  const char* pointer;
  const Mappings& mappings;
  std::uint32_t own;          ///< the caller's id
  const std::string& mapper;  ///< empty: not installed
  const char* mapper_name;
};

// ---- what is wrong with a map ---------------------------------------------------------------

void check_map(const Map& map, Problems& problems) {
  if (map.mappings.empty()) {
    problems.add(map.pointer, "is missing: a new user namespace without it has no ids");
    return;
  }
  check_id_map(map.mappings, map.pointer, problems);
  if (!host_id(map.mappings, 0)) {
    problems.add(map.pointer, "does not map the container's id 0, as which it is set up");
  }
}

void check_process(const spec::Config& config, const Map& uids, const Map& gids,
                   Problems& problems) {
  if (!config.process) return;
  const spec::User& user = config.process->user;
  const auto check = [&](const Map& map, std::uint32_t id, const std::string& member) {
    if (map.mappings.empty() || host_id(map.mappings, id)) return;
    problems.add("/process/user/" + member,
                 std::to_string(id) + " is in no range of " + map.pointer);
  };
  check(uids, user.uid, "uid");
  check(gids, user.gid, "gid");
  for (std::size_t i = 0; i < user.additional_gids.size(); ++i) {
    check(gids, user.additional_gids[i], "additionalGids/" + std::to_string(i));
  }
}

// ---- who writes it --------------------------------------------------------------------------

/// Whether this is the one map that the kernel accepts from a caller without privilege.
bool is_own_id_alone(const Mappings& mappings, std::uint32_t own) {
  return mappings.size() == 1 && mappings[0].size == 1 && mappings[0].host_id == own;
}

void write_file(const char* file, const std::string& lines, const char* pointer, Builder& builder) {
  builder.add(WriteIdMap{.file = builder.text(file), .lines = builder.text(lines)}, pointer);
}

void write_map(const Map& map, Builder& builder) {
  const std::string lines = id_map_lines(map.mappings);
  if (builder.host.may_map_ids || is_own_id_alone(map.mappings, map.own)) {
    return write_file(map.file, lines, map.pointer, builder);
  }
  if (!map.mapper.empty()) {
    return builder.add(
        CallIdMapper{.program = builder.text(map.mapper), .lines = builder.text(lines)},
        map.pointer);
  }
  builder.unsupported(map.pointer,
                      std::string("needs the program ") + map.mapper_name +
                          ", which is not installed here; without it a caller without privilege " +
                          "can map its own id " + std::to_string(map.own) + " alone");
}

/// The kernel accepts a map of groups from a caller without privilege only if no group can be
/// dropped any more, because a group may keep a process from a file. CVE-2014-8989
bool denies_groups(const spec::Config& config, const Host& host) {
  return is_mapped_by_caller(config, host) && is_own_id_alone(config.linux.gid_mappings, host.gid);
}

}  // namespace

void refuse_unprivileged(const spec::Config& config, Builder& builder) {
  if (!builder.host.is_privileged && !has_own_namespace(config, "user")) {
    builder.unsupported("/linux/namespaces",
                        "need an entry 'user': a caller without privilege can make a container "
                        "only in a user namespace; `berth spec --rootless` writes such a config");
  }
  if (!builder.host.may_mount && has_joined_namespace(config, "mount")) {
    builder.unsupported(namespace_pointer(config, "mount") + "/path",
                        "a caller without privilege has nothing to mount there");
  }
}

Groups groups_of(const spec::Config& config, const Host& host) {
  if (denies_groups(config, host)) return Groups::Denied;
  if (has_joined_namespace(config, "user")) return Groups::Unknown;
  return host.may_set_groups ? Groups::Allowed : Groups::Denied;
}

bool is_mapped_by_caller(const spec::Config& config, const Host& host) {
  return has_new_namespace(config, "user") && !host.may_map_ids;
}

void compile_user_namespace(const spec::Config& config, Builder& builder) {
  const Host& host = builder.host;
  const Map uids{"uid_map", kUids,           config.linux.uid_mappings,
                 host.uid,  host.uid_mapper, "newuidmap"};
  const Map gids{"gid_map", kGids,           config.linux.gid_mappings,
                 host.gid,  host.gid_mapper, "newgidmap"};
  if (!has_own_namespace(config, "user")) {
    for (const Map& map : {uids, gids}) {
      if (map.mappings.empty()) continue;
      builder.problems.add(map.pointer, "needs an entry 'user' in /linux/namespaces");
    }
    return;
  }
  if (has_new_namespace(config, "user")) {
    const bool by_caller = is_mapped_by_caller(config, host);
    for (const Map& map : {uids, gids}) check_map(map, builder.problems);
    check_process(config, uids, gids, builder.problems);
    compile_own_time_namespace(config, builder);
    builder.add(Synchronize{.sync = Sync::UserReady, .opens_proc = by_caller}, "");
    write_map(uids, builder);
    if (denies_groups(config, host)) write_file("setgroups", "deny", kGids, builder);
    write_map(gids, builder);
    compile_time_offsets(config, builder);
    // The child's other files in /proc are open to the caller no longer than the maps.
    if (by_caller) compile_privileged_limits(config, builder);
  }
  builder.add(BecomeNamespaceRoot{.keeps_groups = keeps_groups(config)},
              namespace_pointer(config, "user"));
}

}  // namespace berth::plan
