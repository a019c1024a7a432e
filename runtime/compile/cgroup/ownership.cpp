#include "runtime/compile/cgroup/ownership.h"

#include <algorithm>
#include <optional>
#include <string>

#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/id_mapping.h"
#include "runtime/linux/files/path_text.h"

namespace berth::plan {

namespace {

constexpr char kUid[] = "/process/user/uid";

bool has_writable_cgroups(const spec::Config& config) {
  return std::ranges::any_of(config.mounts, [](const spec::Mount& mount) {
    return mount.source == "cgroup" && sys::clean_path(mount.destination) == "/sys/fs/cgroup" &&
           std::ranges::count(mount.options, "ro") == 0;
  });
}

/// The host's id of the program's user. Another chapter reports an id that has no mapping.
std::optional<std::uint32_t> find_owner(const spec::Config& config, Builder& builder) {
  const std::uint32_t uid = config.process->user.uid;
  if (has_joined_namespace(config, "user")) {
    builder.warn(kUid,
                 "the cgroup is not given to this user, because berth does not know the ids of a "
                 "user namespace that is joined");
    return std::nullopt;
  }
  const bool is_mapped = has_new_namespace(config, "user");
  return is_mapped ? host_id(config.linux.uid_mappings, uid) : std::optional(uid);
}

}  // namespace

void compile_cgroup_ownership(const spec::Config& config, Builder& builder) {
  const auto number = find_unified(builder.plan.cgroup);
  const bool is_asked = config.process && has_new_namespace(config, "cgroup") &&
                        has_writable_cgroups(config) && number;
  const auto owner = is_asked ? find_owner(config, builder) : std::nullopt;
  if (!owner) return;
  const Host& host = builder.host;
  if (!host.is_privileged && *owner == host.uid) return;  // berth makes it, so it is this user's
  if (!host.is_privileged) {
    builder.warn(kUid, "the cgroup stays the caller's, who may not give it to another user");
    return;
  }
  builder.add(GiveCgroup{.path = builder.text(builder.plan.cgroup.directories[*number].path),
                         .directory = static_cast<std::uint32_t>(*number),
                         .owner = *owner},
              kUid);
}

}  // namespace berth::plan
