// The order of everything: a line a phase, each with the reason why it cannot move. What a phase
// consists of is in its chapter (compile_files.h, compile_process.h).
#include <utility>

#include "runtime/plan/compile_files.h"
#include "runtime/plan/compile_process.h"

namespace berth::plan {

namespace {

/// What the host opens before init is started, for the other phases.
struct Opened {
  Files files;
  Slots namespaces;
  Slots cgroups;
  std::int32_t console = kNoSlot;
  std::int32_t start = kNoSlot;
  std::int32_t birthplace = kNoSlot;  ///< the cgroup of v2
  bool has_late_slots = false;        ///< filled after init was started
};

void synchronize(Sync sync, Builder& builder) {
  builder.child(Op::Synchronize, "").number[0] = static_cast<std::uint64_t>(sync);
}

Opened compile_opened(const spec::Config& config, Builder& builder) {
  Opened opened;
  // Paths of the host: after the clone they may mean something else, or nothing.
  opened.files = compile_mount_sources(config, builder);
  opened.namespaces = compile_namespace_sources(config, builder);
  opened.console = compile_console_source(config, builder);
  // In the state directory, which no container ever sees.
  opened.start = builder.new_slot();
  builder.host_step(Op::ListenForStart, "").slot = opened.start;
  // The first effect that outlives us: last, when all that may not exist has been opened.
  opened.birthplace = compile_birthplace(config, builder);
  return opened;
}

void compile_prologue(const spec::Config& config, const Opened& opened, Builder& builder) {
  // Before the joins, with the host's privilege and view: no process is ever outside its limits.
  const std::int32_t birthplace = compile_birth(config, opened.birthplace, builder);
  // Its offsets can be written only while no process is in it, and through the host's /proc: that
  // of a mount namespace that is joined may be anything.
  compile_time_namespace(config, builder);
  // Before new ones are made: those are to belong to the user namespace that is joined.
  compile_joins(config, opened.namespaces, builder);
  // All others at once: the kernel makes the user namespace first, and it owns the rest.
  compile_clone(config, birthplace, builder);
}

/// Carried out by the host while the child is born.
void compile_beside(const spec::Config& config, Opened& opened, Builder& builder) {
  const std::int32_t first_slot = builder.plan.slot_count;
  // Many directories, and nothing of the child's to wait for: it enters them by itself.
  opened.cgroups = compile_cgroup_directories(config, builder);
  // The container's own cgroups exist only now.
  compile_cgroup_sources(config, opened.files, builder);
  opened.has_late_slots = builder.plan.slot_count > first_slot;
  compile_cgroup_limits(builder);
  // Takes the host's privilege, and the child gives up its own.
  compile_privileged_limits(config, builder);
}

void compile_surroundings(const spec::Config& config, const Opened& opened, Builder& builder) {
  // Before it does anything else: no process of a container is outside its limits for long.
  if (opened.has_late_slots) synchronize(Sync::Cgroups, builder);
  compile_cgroup_entry(config, opened.cgroups, builder);
  // The child may touch no file before it has the ids of its own namespace.
  compile_user_namespace(config, builder);
  // A session before any terminal; the cgroup namespace begins where the process is by now.
  compile_session(config, builder);
  // "In the listed order" is a MUST; devices after the mounts, one of which may be /dev.
  compile_root(config, opened.files, builder);
  compile_mounts(opened.files, builder);
  compile_devices(config, opened.files, builder);
  // After the mounts, before the new root. The hooks may count on the rules for devices.
  if (has_create_hooks(config)) {
    synchronize(Sync::MountsDone, builder);
    compile_device_rules(builder);
    compile_host_hooks(config, builder);
    compile_create_container_hooks(config, builder);
  }
  // Beyond this point no host path exists.
  compile_enter_root(config, builder);
  // All of these write to files of the new root, or below its /proc.
  compile_terminal(config, opened.console, builder);
  compile_sysctl(config, builder);
  compile_names(config, builder);
  // After everything that writes there.
  compile_protection(config, opened.files, builder);
}

void compile_process(const spec::Config& config, const Opened& opened, Builder& builder) {
  // Last of all that needs privilege, because it gives the privilege up.
  compile_identity(config, builder);
  // Late, so that no earlier step can leave a descriptor open.
  builder.child(Op::CloseDescriptors, "").number[0] = builder.request.preserved_fds;
  // All but the program: the Record says `created`, the pid file is written.
  synchronize(Sync::Ready, builder);
  // The device nodes are made. With hooks it has been done for them.
  if (!has_create_hooks(config)) compile_device_rules(builder);
  builder.child(Op::WaitForStart, "").slot = opened.start;
  compile_start_container_hooks(config, builder);
  // Without a program there is nothing to be started.
  if (config.process) builder.child(Op::AnnounceProgram, "");
  // After the hooks, which are not to run out of files: a limit may stop whatever comes after it.
  compile_rlimits(config, builder);
  // Beyond this point there are only the program's own calls.
  compile_program(config, builder);
  // Told by the end of the start connection that the program runs.
  compile_poststart_hooks(config, builder);
}

}  // namespace

Plan compile(const spec::Config& config, const Request& request, const Host& host,
             Problems& problems) {
  Builder builder(host, request, problems);
  refuse_unsupported(config, builder);
  builder.plan.hooks = config.hooks;
  builder.plan.cgroup = compile_cgroup(config, request.id, host.cgroups, problems);
  Opened opened = compile_opened(config, builder);
  compile_prologue(config, opened, builder);
  compile_beside(config, opened, builder);
  compile_surroundings(config, opened, builder);
  compile_process(config, opened, builder);
  return std::move(builder.plan);
}

}  // namespace berth::plan
