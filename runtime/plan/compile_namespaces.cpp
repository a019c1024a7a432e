#include <algorithm>

#include "runtime/plan/compile_process.h"
#include "runtime/plan/namespace_type.h"

namespace berth::plan {

namespace {

std::string pointer_of(std::size_t index) { return "/linux/namespaces/" + std::to_string(index); }

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

/// That of cgroups begins where the process is after the clone. One of time can be given offsets as
/// long as it is empty, which takes privilege that may come with the clone alone.
bool is_made_by_clone(std::string_view type, const spec::Config& config, const Host& host) {
  if (type == "time") return !host.is_privileged && !has_joined_namespace(config, "user");
  return type != "cgroup";
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
  if (is_made_by_clone("time", config, builder.host)) {
    if (!offsets.empty()) {
      builder.problems.add("/linux/timeOffsets", "only a caller with privilege can set them",
                           ErrorKind::Unsupported);
    }
    return;
  }
  builder.prologue(Op::NewTimeNamespace, namespace_pointer(config, "time"));
  for (const auto& [clock, offset] : offsets) {
    const std::string line =
        clock + " " + std::to_string(offset.secs) + " " + std::to_string(offset.nanosecs);
    builder.prologue(Op::WriteTimeOffsets, "/linux/timeOffsets/" + clock).text[0] =
        builder.text(line);
  }
}

void compile_clone(const spec::Config& config, std::int32_t cgroup, Builder& builder) {
  std::uint64_t flags = 0;
  for (const spec::Namespace& space : config.linux.namespaces) {
    const bool is_by_clone = is_made_by_clone(space.type, config, builder.host);
    if (space.path.empty() && is_by_clone) flags |= namespace_flag(space.type);
  }
  Step& step = builder.prologue(Op::Clone, flags == 0 ? "" : "/linux/namespaces");
  step.number[0] = flags;
  step.slot = cgroup;
  // With shared memory the kernel leaves the child in the time namespace of its parent.
  step.number[1] = has_own_namespace(config, "time") ? 0 : 1;
}

void compile_session(const spec::Config& config, Builder& builder) {
  builder.child(Op::NewSession, "");
  if (!builder.request.no_new_keyring) {
    compile_key_label(config, builder);
    builder.child(Op::NewKeyring, "").text[0] = builder.text("berth." + builder.request.id);
  }
  if (has_new_namespace(config, "network")) {
    builder.child(Op::LoopbackUp, namespace_pointer(config, "network"));
  }
  if (has_new_namespace(config, "cgroup")) {
    builder.child(Op::NewCgroupNamespace, namespace_pointer(config, "cgroup"));
  }
}

}  // namespace berth::plan
