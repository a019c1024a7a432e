// The order of all phases: a line for each, with the reason why it cannot move. The steps of a
// phase are in its chapter (files/ process/ namespaces/ cgroup/ seccomp/).

#include "runtime/compile/order.h"

#include "runtime/compile/annotations.h"
#include "runtime/compile/builder.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/cgroup_steps.h"
#include "runtime/compile/cgroup/ownership.h"
#include "runtime/compile/cgroup/rdt_steps.h"
#include "runtime/compile/exec_config.h"
#include "runtime/compile/files/devices.h"
#include "runtime/compile/files/mount_id_maps.h"
#include "runtime/compile/files/mounts.h"
#include "runtime/compile/files/root.h"
#include "runtime/compile/namespaces/config_namespaces.h"
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

/// What the host opens for the other phases.
struct Opened {
  Files files;
  Slots namespaces;
  Slots cgroups;
  Slot console;
  Slot seccomp = kNoSlot;
  Slot start;
  Slot initial_cgroup;          ///< the v2 cgroup
  bool has_late_slots = false;  ///< some slots are filled after the image was sent
};

Opened compile_opened(const spec::Config& config, Builder& builder) {
  Opened opened;
  // After the clone, the host's paths may lead elsewhere or nowhere.
  opened.files = compile_mount_sources(config, builder);
  opened.namespaces = compile_namespace_sources(config, builder);
  compile_namespace_checks(config, opened.namespaces, builder);
  opened.console = compile_console_source(config, builder);
  // No answer that could bring a filter is sure to come before a child that loads it early.
  if (may_be_filtered_while_waiting(config))
    opened.seccomp = compile_seccomp_filter(config, builder);
  compile_net_device_checks(config, builder);
  // The socket is in the state directory, which no container can see.
  opened.start = compile_start_source(config, builder);
  // This is the first effect that stays if berth is killed. It comes last, because opening paths
  // that may not exist can fail.
  opened.initial_cgroup = compile_initial_cgroup(config, builder);
  compile_rdt_groups(config, builder);
  return opened;
}

void compile_prologue(const spec::Config& config, const Opened& opened, Builder& builder) {
  // Before the joins, because it takes the host's privilege and view. No process is ever outside
  // its cgroups.
  const Slot initial_cgroup = compile_initial_cgroup_entry(config, opened.initial_cgroup, builder);
  // Offsets of a time namespace can be written only while no process is in it, and only through the
  // host's /proc: the /proc of a joined mount namespace may be anything.
  compile_time_namespace(config, builder);
  // Before the new namespaces, because those must belong to the joined user namespace.
  compile_joins(config, opened.namespaces, builder);
  // All other namespaces at once: the kernel makes the user namespace first, and it owns the
  // others.
  compile_clone(config, initial_cgroup, opened.files.empty_namespace != kNoSlot, builder);
}

/// The host's part of what holds for the container's first process.
void compile_host_limits(const spec::Config& config, Builder& builder) {
  compile_rdt_entry(builder);
  if (!is_mapped_by_caller(config, builder.host)) compile_privileged_limits(config, builder);
}

/// The host carries these out while the kernel makes the child.
void compile_during_clone(const spec::Config& config, Opened& opened, Builder& builder) {
  const std::int32_t first_slot = builder.plan.slot_count;
  // There are many directories, and berth need not wait for the child, which enters them by itself.
  opened.cgroups = compile_cgroup_directories(config, builder);
  // The container's cgroups exist only now, and a mount may show them.
  compile_cgroup_sources(opened.files, builder);
  opened.has_late_slots = builder.plan.slot_count > first_slot;
  compile_cgroup_limits(config, builder);
  // The program may use what it is given as soon as it runs, and berth waits for the kernel anyway.
  compile_cgroup_ownership(config, builder);
  // These take the host's privilege, and the child will give up its own. A fork in a joined pid
  // namespace gets them later: the child may have left its place to it before the host is done.
  if (!has_joined_namespace(config, "pid")) compile_host_limits(config, builder);
}

void compile_setup(const spec::Config& config, Opened& opened, Builder& builder) {
  // The child has 0.1 ms of work with this, uses hardly anything, and the host still makes cgroups.
  compile_loopback(config, builder);
  // The child enters its cgroups before all other steps, so that it uses hardly anything outside of
  // its limits.
  if (opened.has_late_slots) builder.add(Synchronize{.sync = Sync::Cgroups}, "");
  // The host has time for these two now, because the child has all that it waited for: init has no
  // compiler for its filter, and exec uses the configuration as it is now, whatever becomes of the
  // bundle.
  if (!may_be_filtered_while_waiting(config))
    opened.seccomp = compile_seccomp_filter(config, builder);
  compile_kept_config(config, opened.seccomp, builder);
  compile_cgroup_entry(config, opened.cgroups, builder);
  compile_early_pid_namespace(config, opened.namespaces, builder);
  // Without ids in its user namespace the child may not access files.
  compile_user_namespace(config, builder);
  // The host maps these mounts while the child waits, because a mount cannot be mapped any more
  // once the child has placed it.
  compile_container_id_maps(config, opened.files, builder);
  // A session must exist before a terminal. The root of a cgroup namespace is the cgroup where the
  // process is now.
  compile_session(config, kNoSlot, builder);
  // The listed order of mounts is a MUST. Devices come after the mounts, one of which may be /dev.
  compile_root(config, opened.files, builder);
  compile_mounts(opened.files, builder);
  // The directory may be below a mount, and the root can still be written to.
  compile_working_directory(config, builder);
  compile_devices(config, opened.files.devices, opened.files.mounts, builder);
  // The host does its part after the mounts and before the new root, as hooks expect it.
  const bool has_net_devices = !config.linux.net_devices.empty();
  if (has_net_devices || config.hooks.any_in_create())
    builder.add(Synchronize{.sync = Sync::MountsDone}, "");
  // Late, so that as few steps as possible can fail afterwards; but before the hooks and sysctls
  // that are about these devices.
  compile_net_devices(config, builder);
  if (config.hooks.any_in_create()) {
    // The hooks may rely on the device rules.
    compile_device_rules(config, builder);
    compile_host_hooks(config, builder);
    compile_create_container_hooks(config, builder);
  }
  // In a user namespace the kernel makes a new procfs only while another one is visible, here the
  // host's.
  if (writes_to_proc(config, builder.host)) builder.add(OpenProc{}, "");
  // Beyond this point no host path exists.
  compile_enter_root(config, opened.files, builder);
  // All of these write to files of the new root, or below /proc.
  compile_terminal(config, opened.console, true, builder);
  compile_streams(config, builder);
  compile_sysctl(config, builder);
  compile_names(config, builder);
  // These paths become read-only after everything that writes to them.
  compile_protection(config, opened.files, builder);
}

void compile_process(const spec::Config& config, const Opened& opened, Builder& builder) {
  const CapabilityMasks masks = compile_capabilities(config, builder);
  // The labels take root's privilege and the procfs that init has made.
  compile_labels(config, builder);
  // Init closes its procfs before it enters a directory that the image or the config names.
  if (writes_to_proc(config, builder.host)) builder.add(CloseProc{}, "");
  // An engine may run on a few processors only, and does not mean the container by that.
  builder.add(SetAffinity{}, "");
  compile_policies(config, builder);
  // The join takes privilege, which init gives up next. It comes late because processes in that
  // namespace must not see more privilege than the program has.
  compile_pid_namespace(config, opened.namespaces, masks, builder);
  // Before the first change of directory, because an open directory of the host is a way out of the
  // root.
  compile_closing(builder);
  // This gives init's privilege up, so it comes after everything that needs privilege.
  compile_identity(config, masks, builder);
  // Init looks as the user and in the working directory, as execve will. Engines expect create to
  // report a missing program.
  compile_find_program(config, builder);
  // The filter is loaded here only if init must not wait for start with the privilege for loading
  // it.
  compile_seccomp(config, opened.seccomp, masks, SeccompTime::BeforeWait, builder);
  // Beyond this point init can reach only what belongs to the container.
  compile_fork(config, builder);
  // Everything but the program is done: berth sets the Record to `created` and writes the pid file.
  builder.add(Synchronize{.sync = Sync::Ready}, "");
  // The host knows the fork by now.
  if (has_joined_namespace(config, "pid")) compile_host_limits(config, builder);
  // The device rules come after the device nodes. With create hooks they are already in force.
  if (!config.hooks.any_in_create()) compile_device_rules(config, builder);
  // In a scope of systemd, or beside some joined namespaces, the processes that make the container
  // count until now.
  compile_cgroup_completion(config, builder);
  // The scheduler takes the host's privilege. The kernel refuses some of init's earlier steps to a
  // real-time task.
  compile_scheduler(config, builder);
  builder.add(WaitForStart{.socket = opened.start}, "");
  compile_start_container_hooks(config, builder);
  // `berth start` is not the parent of the child, so init reports to it. Without a program there is
  // nothing to report.
  if (config.process && !builder.request.start_at_once) builder.add(AnnounceProgram{}, "");
  // After the hooks, which may have brought or removed the program.
  const bool is_filtered = is_filtered_while_waiting(config, masks);
  compile_find_program_again(config, is_filtered, builder);
  // A program path through /proc/self/fd must not execute a file that berth has opened.
  if (config.process && !is_filtered) compile_closing(builder);
  // Late, because a limit may stop any step that comes after it.
  compile_rlimits(config, builder);
  // Beyond this point there are only execve and the program's own calls: a filter may forbid all
  // others.
  compile_seccomp(config, opened.seccomp, masks, SeccompTime::Last, builder);
  compile_program(config, builder);
  // `berth start` runs these. The end of its connection has reported that the program runs.
  compile_poststart_hooks(config, builder);
}

}  // namespace

Plan compile(const spec::Config& config, const Request& request, const Host& host,
             Problems& problems) {
  constexpr std::size_t kUsual = 160;  // those of an engine have 120
  Builder builder(host, request, problems, kUsual);
  refuse_unprivileged(config, builder);
  refuse_annotations(config, builder);
  builder.plan.hooks = config.hooks;
  builder.plan.cgroup = compile_cgroup(config, request.id, host.cgroups, problems);
  Opened opened = compile_opened(config, builder);
  compile_prologue(config, opened, builder);
  compile_during_clone(config, opened, builder);
  compile_setup(config, opened, builder);
  compile_process(config, opened, builder);
  return builder.take();
}

}  // namespace berth::plan
