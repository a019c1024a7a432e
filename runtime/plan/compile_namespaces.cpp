#include <algorithm>

#include "runtime/plan/compile_process.h"
#include "runtime/plan/namespace_type.h"

namespace berth::plan {

namespace {

std::string pointer_of(std::size_t index) { return "/linux/namespaces/" + std::to_string(index); }

/// Of the entry of this type, which there is.
std::string pointer_of(const spec::Config& config, std::string_view type) {
  const auto& namespaces = config.linux.namespaces;
  const auto found = std::find_if(namespaces.begin(), namespaces.end(),
                                  [&](const spec::Namespace& one) { return one.type == type; });
  return pointer_of(static_cast<std::size_t>(found - namespaces.begin()));
}

enum class Pass { First, User, Last };

void join_all(const spec::Config& config, const Slots& sources, Pass pass, Builder& builder) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const spec::Namespace& space = config.linux.namespaces[i];
    if (sources[i] == kNoSlot || (space.type == "user") != (pass == Pass::User)) continue;
    Step& step = builder.prologue(Op::JoinNamespace, pointer_of(i) + "/path");
    step.slot = sources[i];
    step.text[0] = builder.text(space.path);
    step.number[0] = namespace_flag(space.type);
    step.number[1] = pass == Pass::First ? 1 : 0;
  }
}

void write_id_map(const std::vector<spec::IdMapping>& mappings, const char* file,
                  const char* pointer, Builder& builder) {
  std::string lines;
  for (const spec::IdMapping& mapping : mappings) {
    lines += std::to_string(mapping.container_id) + " " + std::to_string(mapping.host_id) + " " +
             std::to_string(mapping.size) + "\n";
  }
  Step& step = builder.host_step(Op::WriteIdMap, pointer);
  step.text[0] = builder.text(file);
  step.text[1] = builder.text(lines);
}

void check_mappings(const std::vector<spec::IdMapping>& mappings, const spec::Config& config,
                    const char* pointer, Problems& problems) {
  if (has_new_namespace(config, "user") && mappings.empty()) {
    problems.add(pointer, "is missing: a new user namespace without it has no ids");
  }
  if (!has_own_namespace(config, "user") && !mappings.empty()) {
    problems.add(pointer, "needs an entry 'user' in /linux/namespaces");
  }
}

}  // namespace

Slots compile_namespace_sources(const spec::Config& config, Builder& builder) {
  Slots slots;
  for (const spec::Namespace& space : config.linux.namespaces) {
    slots.push_back(space.path.empty() ? kNoSlot : builder.new_slot());
    if (space.path.empty()) continue;
    Step& step = builder.host_step(Op::OpenNamespace, pointer_of(slots.size() - 1) + "/path");
    step.slot = slots.back();
    step.text[0] = builder.text(space.path);
    step.number[0] = namespace_flag(space.type);
  }
  return slots;
}

void compile_joins(const spec::Config& config, const Slots& sources, Builder& builder) {
  if (has_joined_namespace(config, "user")) {
    join_all(config, sources, Pass::First, builder);
    join_all(config, sources, Pass::User, builder);
  }
  join_all(config, sources, Pass::Last, builder);
}

void compile_time_namespace(const spec::Config& config, Builder& builder) {
  const auto& offsets = config.linux.time_offsets;
  if (!has_new_namespace(config, "time")) {
    if (!offsets.empty()) {
      builder.problems.add("/linux/timeOffsets",
                           "needs an entry 'time' without a path in /linux/namespaces");
    }
    return;
  }
  builder.prologue(Op::NewTimeNamespace, pointer_of(config, "time"));
  if (offsets.empty()) return;
  std::string lines;
  for (const auto& [clock, offset] : offsets) {
    lines +=
        clock + " " + std::to_string(offset.secs) + " " + std::to_string(offset.nanosecs) + "\n";
  }
  builder.prologue(Op::WriteTimeOffsets, "/linux/timeOffsets").text[0] = builder.text(lines);
}

void compile_clone(const spec::Config& config, std::int32_t cgroup, Builder& builder) {
  std::uint64_t flags = 0;
  for (const spec::Namespace& space : config.linux.namespaces) {
    const bool is_apart = space.type == "cgroup" || space.type == "time";
    if (space.path.empty() && !is_apart) flags |= namespace_flag(space.type);
  }
  Step& step = builder.prologue(Op::Clone, flags == 0 ? "" : "/linux/namespaces");
  step.number[0] = flags;
  step.slot = cgroup;
}

void compile_user_namespace(const spec::Config& config, Builder& builder) {
  const spec::Linux& linux = config.linux;
  check_mappings(linux.uid_mappings, config, "/linux/uidMappings", builder.problems);
  check_mappings(linux.gid_mappings, config, "/linux/gidMappings", builder.problems);
  if (!has_own_namespace(config, "user")) return;
  if (has_new_namespace(config, "user")) {
    builder.child(Op::Synchronize, "").number[0] = static_cast<std::uint64_t>(Sync::UserReady);
    write_id_map(linux.uid_mappings, "uid_map", "/linux/uidMappings", builder);
    write_id_map(linux.gid_mappings, "gid_map", "/linux/gidMappings", builder);
  }
  builder.child(Op::BecomeNamespaceRoot, pointer_of(config, "user"));
}

void compile_session(const spec::Config& config, Builder& builder) {
  builder.child(Op::NewSession, "");
  if (!builder.request.no_new_keyring) {
    builder.child(Op::NewKeyring, "").text[0] = builder.text("berth." + builder.request.id);
  }
  if (has_new_namespace(config, "network")) {
    builder.child(Op::LoopbackUp, pointer_of(config, "network"));
  }
  if (has_new_namespace(config, "cgroup")) {
    builder.child(Op::NewCgroupNamespace, pointer_of(config, "cgroup"));
  }
}

}  // namespace berth::plan
