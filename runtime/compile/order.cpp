// The order of everything: a line a phase, each with the reason why it cannot move. What a phase
// consists of is in its chapter (files/ process/ namespaces/ cgroup/ seccomp/).

#include "runtime/compile/order.h"

#include "runtime/compile/builder.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/compile/cgroup/rdt_steps.h"
#include "runtime/compile/files/device_nodes.h"
#include "runtime/compile/files/mount_id_maps.h"
#include "runtime/compile/files/mounts.h"
#include "runtime/compile/files/root.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/namespaces/net_devices.h"
#include "runtime/compile/namespaces/sysctl.h"
#include "runtime/compile/namespaces/user_namespace.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/compile/process/hooks.h"
#include "runtime/compile/process/labels.h"
#include "runtime/compile/process/limits.h"
#include "runtime/compile/process/policy.h"
#include "runtime/compile/process/process.h"
#include "runtime/compile/seccomp/seccomp.h"

namespace berth::plan {

namespace {

/// What the host opens before the image is sent, for the other phases.
struct Opened {
  Files files;
  Slots namespaces;
  Slots cgroups;
  Slot console;
  Slot seccomp;
  Slot start;
  Slot birthplace;              ///< the cgroup of v2
  bool has_late_slots = false;  ///< filled after the image was sent
};

Opened compile_opened(const spec::Config& config, Builder& builder) {
  Opened opened;
  // Paths of the host: after the clone they may mean something else, or nothing.
  opened.files = compile_mount_sources(config, builder);
  opened.namespaces = compile_namespace_sources(config, builder);
  compile_namespace_checks(config, opened.namespaces, builder);
  opened.console = compile_console_source(config, builder);
  // Init has no compiler; and what cannot be compiled has cost nothing yet.
  opened.seccomp = compile_seccomp_filter(config, builder);
  compile_net_device_checks(config, builder);
  // In the state directory, which no container ever sees.
  opened.start = compile_start_source(config, builder);
  // The first effect that outlives us: last, when all that may not exist has been opened.
  opened.birthplace = compile_birthplace(config, builder);
  compile_rdt_groups(config, builder);
  return opened;
}

void compile_prologue(const spec::Config& config, const Opened& opened, Builder& builder) {
  // Before the joins, with the host's privilege and view: no process is ever outside its limits.
  const Slot birthplace = compile_birth(config, opened.birthplace, builder);
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
  compile_cgroup_sources(opened.files, builder);
  opened.has_late_slots = builder.plan.slot_count > first_slot;
  compile_cgroup_limits(builder);
  compile_rdt_entry(builder);
  // Takes the host's privilege, and the child gives up its own.
  if (!is_mapped_by_caller(config, builder.host)) compile_privileged_limits(config, builder);
}

void compile_surroundings(const spec::Config& config, const Opened& opened, Builder& builder) {
  // Before it does anything else: no process of a container is outside its limits for long.
  if (opened.has_late_slots) builder.add(Synchronize{.sync = Sync::Cgroups}, "");
  compile_cgroup_entry(config, opened.cgroups, builder);
  compile_early_pid_namespace(config, opened.namespaces, builder);
  // The child may touch no file before it has the ids of its own namespace.
  compile_user_namespace(config, builder);
  // While the child waits: it places these mounts, and once placed none can be mapped.
  compile_container_id_maps(config, opened.files, builder);
  // A session before any terminal; the cgroup namespace begins where the process is by now.
  compile_session(config, builder);
  // "In the listed order" is a MUST; devices after the mounts, one of which may be /dev.
  compile_root(config, opened.files, builder);
  compile_mounts(opened.files, builder);
  // Below what is mounted, and while the root can be written to.
  compile_working_directory(config, builder);
  compile_devices(config, opened.files, builder);
  // After the mounts, before the new root.
  const bool has_net_devices = !config.linux.net_devices.empty();
  if (has_net_devices || has_create_hooks(config))
    builder.add(Synchronize{.sync = Sync::MountsDone}, "");
  // Late, for as little as possible may fail afterwards; before hooks and sysctls about them.
  compile_net_devices(config, builder);
  if (has_create_hooks(config)) {
    // The hooks may count on the rules for devices.
    compile_device_rules(builder);
    compile_host_hooks(config, builder);
    compile_create_container_hooks(config, builder);
  }
  // While a procfs of the host is there: in a user namespace the kernel makes no other without one.
  compile_open_proc(config, builder);
  // Beyond this point no host path exists.
  compile_enter_root(config, builder);
  // All of these write to files of the new root, or below its /proc.
  compile_terminal(config, opened.console, builder);
  compile_streams(config, builder);
  compile_sysctl(config, builder);
  compile_names(config, builder);
  // After everything that writes there.
  compile_protection(config, opened.files, builder);
}

void compile_process(const spec::Config& config, const Opened& opened, Builder& builder) {
  const CapabilityMasks masks = compile_capabilities(config, builder);
  // As root, and in the new root: with its /proc, and where a label is looked at.
  compile_labels(config, builder);
  // Before anything goes where the image or the config says.
  compile_close_proc(config, builder);
  // An engine that keeps to some processors means itself by that.
  compile_affinity(builder);
  compile_policies(config, builder);
  // What init may do goes next. The program's process is to be in there, and late: nobody in there
  // is to see more than that.
  compile_pid_namespace(config, opened.namespaces, masks, builder);
  // Before the first change of directory: what we have open is no way out of the root.
  compile_closing(builder);
  // Last of all that needs privilege, because it gives the privilege up.
  compile_identity(config, masks, builder);
  // As the user, in the working directory. Engines ask of create alone why there is no program.
  compile_find_program(config, builder);
  // Only where init is not to wait with the privilege that it takes.
  compile_seccomp(config, opened.seccomp, masks, SeccompTime::BeforeWait, builder);
  // Beyond this point all that init can reach is the container's own.
  compile_fork(config, builder);
  // All but the program: the Record says `created`, the pid file is written.
  builder.add(Synchronize{.sync = Sync::Ready}, "");
  // The device nodes are made. With hooks it has been done for them.
  if (!has_create_hooks(config)) compile_device_rules(builder);
  // Takes the host's privilege. Of a real-time task the kernel refuses what init did until now.
  compile_scheduler(config, builder);
  builder.add(WaitForStart{.socket = opened.start}, "");
  compile_start_container_hooks(config, builder);
  // For who starts it and has no child to ask. Without a program there is nothing to be started.
  if (config.process && !builder.request.start_at_once) builder.add(AnnounceProgram{}, "");
  // After the hooks, which have brought or taken it.
  const bool is_filtered = is_filtered_while_waiting(config, masks);
  compile_find_program_again(config, is_filtered, builder);
  // A path through /proc/self/fd is not to execute anything of ours.
  if (config.process && !is_filtered) compile_closing(builder);
  // When hardly anything follows: a limit may stop whatever comes after it.
  compile_rlimits(config, builder);
  // Beyond this point there are only execve and the program's own calls: a filter may forbid all
  // others.
  compile_seccomp(config, opened.seccomp, masks, SeccompTime::Last, builder);
  compile_program(config, builder);
  // Told by the end of the start connection that the program runs.
  compile_poststart_hooks(config, builder);
}

}  // namespace

Plan compile(const spec::Config& config, const Request& request, const Host& host,
             Problems& problems) {
  Builder builder(host, request, problems);
  refuse_unprivileged(config, builder);
  builder.plan.hooks = config.hooks;
  builder.plan.cgroup = compile_cgroup(config, request.id, host.cgroups, problems);
  Opened opened = compile_opened(config, builder);
  compile_prologue(config, opened, builder);
  compile_beside(config, opened, builder);
  compile_surroundings(config, opened, builder);
  compile_process(config, opened, builder);
  return builder.take();
}

}  // namespace berth::plan
