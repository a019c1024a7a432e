#include "runtime/compile/namespaces/namespaces.h"

#include <algorithm>

#include "runtime/compile/annotations.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/process/labels.h"
#include "runtime/compile/seccomp/seccomp.h"
#include "spec/config/namespaces.h"

namespace berth::plan {

namespace {

/// The root of a cgroup namespace is the cgroup of its maker, so the child makes it after it has
/// entered its cgroups. A time namespace takes offsets only while it is empty, so the clone makes
/// it only without offsets, and only if the caller has no privilege outside of the new user
/// namespace.
bool is_made_by_clone(std::string_view type, const spec::Config& config, const Host& host) {
  if (type == "time") {
    return !host.is_privileged && !has_joined_namespace(config, "user") &&
           config.linux.time_offsets.empty();
  }
  return type != "cgroup";
}

/// A caller without privilege has privilege in the new user namespace. There the child makes the
/// time namespace, the caller writes the offsets, and only then the child enters it.
bool is_made_in_new_user_namespace(const spec::Config& config, const Host& host) {
  return has_new_namespace(config, "time") && has_new_namespace(config, "user") &&
         !host.is_privileged && !config.linux.time_offsets.empty();
}

std::string offset_line(const std::string& clock, const spec::TimeOffset& offset) {
  return clock + " " + std::to_string(offset.secs) + " " + std::to_string(offset.nanosecs);
}

/// The namespaces that are joined at one time.
using Group = bool (*)(std::string_view type);
bool is_user(std::string_view type) { return type == "user"; }
bool is_pid(std::string_view type) { return type == "pid"; }
bool is_other(std::string_view type) { return !is_user(type) && !is_pid(type); }

std::string path_pointer(const spec::Config& config, const spec::Namespace& space) {
  return namespace_pointer(config, space.type) + "/path";
}

void join(Group is_meant, Errors refusal, const spec::Config& config, const Slots& sources,
          Side side, Builder& builder) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const spec::Namespace& space = config.linux.namespaces[i];
    if (sources[i] == kNoSlot || !is_meant(space.type)) continue;
    builder.add(JoinNamespace{.path = builder.text(space.path),
                              .type = {spec::kNamespaceTypes.value_of(space.type)},
                              .space = sources[i],
                              .refusal = refusal},
                path_pointer(config, space), side);
  }
}

/// The pid namespace belongs to another user namespace, so only a process that is not yet in the
/// new user namespace may join it.
bool joins_pid_namespace_first(const spec::Config& config) {
  return has_joined_namespace(config, "pid") && has_new_namespace(config, "user");
}

std::uint64_t new_namespaces(const spec::Config& config, const Host& host) {
  std::uint64_t flags = 0;
  for (const spec::Namespace& space : config.linux.namespaces) {
    const bool is_by_clone = is_made_by_clone(space.type, config, host);
    if (space.path.empty() && is_by_clone) flags |= spec::kNamespaceTypes.value_of(space.type);
  }
  return flags;
}

}  // namespace

Slots compile_namespace_sources(const spec::Config& config, Builder& builder) {
  Slots slots;
  for (const spec::Namespace& space : config.linux.namespaces) {
    const OpenNamespace step{.path = builder.text(space.path),
                             .type = {spec::kNamespaceTypes.value_of(space.type)}};
    slots.push_back(space.path.empty() ? kNoSlot : builder.fill(step, path_pointer(config, space)));
  }
  return slots;
}

void compile_joins(const spec::Config& config, const Slots& sources, Builder& builder) {
  if (has_joined_namespace(config, "user")) {
    // In the joined user namespace setgroups(2) may be denied. Its owner may control the process,
    // which must not have the caller's groups then, unless the config asks for them.
    if (!keeps_groups(config)) {
      builder.add(SetGroups{.refusal = Errors::Tolerate}, "", Side::Prologue);
    }
    join(is_other, Errors::Tolerate, config, sources, Side::Prologue, builder);
    join(is_user, Errors::Report, config, sources, Side::Prologue, builder);
  }
  join(is_other, Errors::Report, config, sources, Side::Prologue, builder);
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
  if (is_made_by_clone("time", config, builder.host)) return;
  if (is_made_in_new_user_namespace(config, builder.host)) return;  // compile_own_time_namespace
  builder.add(NewTimeNamespace{}, namespace_pointer(config, "time"));
  for (const auto& [clock, offset] : offsets) {
    builder.add(WriteTimeOffsets{.line = builder.text(offset_line(clock, offset))},
                "/linux/timeOffsets/" + clock);
  }
}

void compile_own_time_namespace(const spec::Config& config, Builder& builder) {
  if (!is_made_in_new_user_namespace(config, builder.host)) return;
  builder.add(NewTimeNamespace{}, namespace_pointer(config, "time"), Side::Child);
}

void compile_time_offsets(const spec::Config& config, Builder& builder) {
  if (!is_made_in_new_user_namespace(config, builder.host)) return;
  for (const auto& [clock, offset] : config.linux.time_offsets) {
    builder.add(WriteIdMap{.file = builder.text("timens_offsets"),
                           .lines = builder.text(offset_line(clock, offset))},
                "/linux/timeOffsets/" + clock);
  }
  builder.add(EnterTimeNamespace{}, namespace_pointer(config, "time"));
}

void compile_clone(const spec::Config& config, Slot cgroup, bool starts_empty, Builder& builder) {
  const bool makes_them_later = joins_pid_namespace_first(config);
  std::uint64_t flags = makes_them_later ? 0 : new_namespaces(config, builder.host);
  if (starts_empty) flags &= ~std::uint64_t{CLONE_NEWNS};
  builder.add(Clone{.namespaces = {flags}, .cgroup = cgroup},
              flags == 0 ? "" : "/linux/namespaces");
}

void compile_early_pid_namespace(const spec::Config& config, const Slots& sources,
                                 Builder& builder) {
  if (!joins_pid_namespace_first(config)) return;
  if (!config.hooks.create_container.empty()) {
    builder.unsupported("/hooks/createContainer",
                        "cannot run beside a pid namespace that is joined and a new user "
                        "namespace: processes of others would see the host through them");
  }
  join(is_pid, Errors::Report, config, sources, Side::Child, builder);
  builder.add(NewNamespaces{.namespaces = {new_namespaces(config, builder.host)}},
              "/linux/namespaces");
}

void compile_pid_namespace(const spec::Config& config, const Slots& sources,
                           const CapabilityMasks& masks, Builder& builder) {
  if (!has_joined_namespace(config, "pid")) return;
  const bool is_joined_already = joins_pid_namespace_first(config);
  // The process that passes the listener on has privilege, so it starts before the join: no process
  // in that namespace may see it.
  if (builder.plan.seccomp_agent && is_filtered_while_waiting(config, masks)) {
    builder.add(StartHandOver{}, "/linux/seccomp");
    if (is_joined_already) {
      builder.unsupported("/linux/seccomp",
                          "'SCMP_ACT_NOTIFY' beside a pid namespace that is joined and a new user "
                          "namespace needs 'noNewPrivileges' in /process");
    }
  }
  if (!is_joined_already) join(is_pid, Errors::Report, config, sources, Side::Child, builder);
}

void compile_fork(const spec::Config& config, Builder& builder) {
  if (!has_joined_namespace(config, "pid")) return;
  const bool has_terminal = config.process && config.process->terminal;
  builder.add(Fork{.has_terminal = has_terminal}, namespace_pointer(config, "pid") + "/path");
}

void compile_loopback(const spec::Config& config, Builder& builder) {
  if (!has_new_namespace(config, "network")) return;
  builder.add(LoopbackUp{}, namespace_pointer(config, "network"));
}

void compile_session(const spec::Config& config, Slot host_proc, Builder& builder) {
  builder.add(NewSession{}, "");
  if (!builder.request.no_new_keyring) {
    compile_key_label(config, host_proc, builder);
    builder.add(NewKeyring{}, "");
  }
  if (has_new_namespace(config, "cgroup")) {
    builder.add(NewCgroupNamespace{}, namespace_pointer(config, "cgroup"));
  }
}

}  // namespace berth::plan
