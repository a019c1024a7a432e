// The chapters of the compiler about the process: namespaces, cgroup, limits, names and sysctl,
// identity, hooks. compile.cpp calls them in the order of design; each adds its steps, or nothing
// when the config does not ask. Problems are at their exact pointers.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::plan {

/// A slot for each entry of a list; kNoSlot where there is nothing to open.
using Slots = std::vector<std::int32_t>;

/// The five sets, as masks; absent ones are empty. Names that cannot be granted are warnings.
struct CapabilityMasks {
  std::uint64_t bounding = 0, effective = 0, inheritable = 0, permitted = 0, ambient = 0;
};

// ---- without privilege ----------------------------------------------------------------------

/// What a caller without privilege cannot have at all.
void refuse_unprivileged(const spec::Config& config, Builder& builder);

// ---- namespaces: config-linux.md "Namespaces" to "Offset for Time Namespace" ----------------

/// Host: opens what is joined by its path; slots by place in linux.namespaces.
Slots compile_namespace_sources(const spec::Config& config, Builder& builder);
/// Prologue. What is refused before the user namespace is joined is tried again in it; what was
/// joined already is not: there the host's privilege may be needed.
void compile_joins(const spec::Config& config, const Slots& sources, Builder& builder);
/// Prologue: a new time namespace and its offsets.
void compile_time_namespace(const spec::Config& config, Builder& builder);
/// Both sides: the same in a user namespace that a caller without privilege makes, where the child
/// makes it, and opens its /proc files for the offsets.
void compile_own_time_namespace(const spec::Config& config, Builder& builder);
void compile_time_offsets(const spec::Config& config, Builder& builder);
/// Prologue: the child, with every new namespace but time and cgroup; in `cgroup` from birth.
void compile_clone(const spec::Config& config, std::int32_t cgroup, Builder& builder);
/// Child: a pid namespace is joined by a fork of it, which is the last that init does as more than
/// the container is. What joins it has privilege over it: either the child from the beginning, and
/// makes a new user namespace only then, or late.
void compile_early_pid_namespace(const spec::Config& config, const Slots& sources,
                                 Builder& builder);
void compile_pid_namespace(const spec::Config& config, const Slots& sources,
                           const CapabilityMasks& masks, Builder& builder);
void compile_fork(const spec::Config& config, Builder& builder);
/// Both sides: id maps, then root of the user namespace.
void compile_user_namespace(const spec::Config& config, Builder& builder);
/// Whether the id maps take a caller without privilege to whom the child has to open its /proc
/// files: what else the host does with those then has to be done at the same time.
bool is_mapped_by_caller(const spec::Config& config, const Host& host);
/// setgroups(2) in the container; Unknown in a user namespace that is joined.
enum class Groups { Allowed, Denied, Unknown };
Groups groups_of(const spec::Config& config, const Host& host);
/// Child: session, keyring, loopback interface, cgroup namespace.
void compile_session(const spec::Config& config, Builder& builder);

// ---- the cgroup, as Plan::cgroup has it -----------------------------------------------------

/// Host: makes the directory of v2 and opens the way in; kNoSlot where there is none.
std::int32_t compile_birthplace(const spec::Config& config, Builder& builder);
/// Prologue. Returns what is left to Clone: the slot, or kNoSlot.
std::int32_t compile_birth(const spec::Config& config, std::int32_t birthplace, Builder& builder);
/// Host: the same for every hierarchy of v1; a slot each, by place in CgroupPlan::directories.
Slots compile_cgroup_directories(const spec::Config& config, Builder& builder);
/// Child.
void compile_cgroup_entry(const spec::Config& config, const Slots& entrances, Builder& builder);
/// Host: every limit but the device rules.
void compile_cgroup_limits(Builder& builder);
/// Host: after the device nodes are made.
void compile_device_rules(Builder& builder);

// ---- network devices: config-linux.md "Network Devices" ------------------------------------

/// Host, before anything is made: all of them are here and can be moved.
void compile_net_device_checks(const spec::Config& config, Builder& builder);
/// Host, while the child waits: all of them fit in there; then each is moved.
void compile_net_devices(const spec::Config& config, Builder& builder);

// ---- cache and memory bandwidth: config-linux.md "IntelRdt"; Plan::rdt ----------------------

/// Host: makes or finds the groups, and what they are to be.
void compile_rdt_groups(const spec::Config& config, Builder& builder);
/// Host: the child goes into them.
void compile_rdt_entry(Builder& builder);

// ---- start: runtime.md "Start" --------------------------------------------------------------

/// Host: where `berth start` will call; kNoSlot when the container starts at once.
std::int32_t compile_start_source(const spec::Config& config, Builder& builder);

// ---- limits: config.md "POSIX process" ------------------------------------------------------

/// Host: what takes the host's privilege, oom_score_adj and higher hard limits.
void compile_privileged_limits(const spec::Config& config, Builder& builder);
/// Child, right before the program: they could stop anything that comes after them.
void compile_rlimits(const spec::Config& config, Builder& builder);

/// Host, when everything else is done: a policy may forbid what berth-init still had to do.
void compile_scheduler(const spec::Config& config, Builder& builder);
/// Child: not the caller's processors, but every one that the cpuset has.
void compile_affinity(Builder& builder);
/// Child: execution domain, memory policy, io priority.
void compile_policies(const spec::Config& config, Builder& builder);

// ---- labels: config.md "Linux Process" ------------------------------------------------------

/// Child: of the keys that it makes.
void compile_key_label(const spec::Config& config, Builder& builder);
/// Whether there is one to be written for the program.
bool has_labels(const spec::Config& config, const Host& host);
/// Child: of the program.
void compile_labels(const spec::Config& config, Builder& builder);

// ---- the container's name and kernel parameters ---------------------------------------------

/// Host: none of them is set in a namespace that is the host's own and only came by its path.
void compile_namespace_checks(const spec::Config& config, const Slots& namespaces,
                              Builder& builder);
/// Child: a procfs for what is written to one, and nothing without need; its end.
void compile_open_proc(const spec::Config& config, Builder& builder);
void compile_close_proc(const spec::Config& config, Builder& builder);
void compile_sysctl(const spec::Config& config, Builder& builder);
void compile_names(const spec::Config& config, Builder& builder);

// ---- the process: config.md "Process", "User", "Linux Process" ------------------------------

/// Host: the other end of the terminal; its slot.
std::int32_t compile_console_source(const spec::Config& config, Builder& builder);
/// Child: the terminal becomes the standard streams.
void compile_terminal(const spec::Config& config, std::int32_t console, Builder& builder);
/// Child, while the root can be written to: a working directory that is missing.
void compile_working_directory(const spec::Config& config, Builder& builder);
/// Child: standard streams without a terminal.
void compile_streams(const spec::Config& config, Builder& builder);
CapabilityMasks compile_capabilities(const spec::Config& config, Builder& builder);
/// A user namespace begins with all of them. user_namespaces(7)
std::uint64_t grantable_capabilities(const spec::Config& config, const Host& host);
/// Child: every descriptor but stdio, those that are passed on, and what init itself still needs.
void compile_closing(Builder& builder);
/// Child: working directory, user, groups, capabilities, no_new_privs, umask. A config without a
/// process gets uid 0 without any capability.
void compile_identity(const spec::Config& config, const CapabilityMasks& masks, Builder& builder);
/// Child: the program is there and may be executed, here and now; nothing without a process.
void compile_find_program(const spec::Config& config, Builder& builder);
/// Child: it still is; nothing where nothing can have changed, and under a filter, which may forbid
/// it, only after hooks.
void compile_find_program_again(const spec::Config& config, bool is_filtered, Builder& builder);
/// Child: the program itself; nothing without a process.
void compile_program(const spec::Config& config, Builder& builder);

// ---- seccomp: config-linux.md "Seccomp" -----------------------------------------------------

/// Host: Plan::seccomp, and the step that makes a program of it; its slot, kNoSlot without.
std::int32_t compile_seccomp_filter(const spec::Config& config, Builder& builder);
/// When a filter is loaded.
enum class SeccompTime {
  BeforeWait,  ///< while init still is alone
  Last,        ///< nothing but execve is left
};
/// Last, wherever that can be. Without no_new_privs init keeps CAP_SYS_ADMIN for it until then, and
/// is not to meet a process that could take it from init meanwhile.
SeccompTime seccomp_time(const spec::Config& config, const CapabilityMasks& masks);
bool is_filtered_while_waiting(const spec::Config& config, const CapabilityMasks& masks);
/// What init keeps beside the permitted capabilities.
std::uint64_t kept_for_seccomp(const spec::Config& config, const Host& host);
/// Child: loads the filter if this is the time for it.
void compile_seccomp(const spec::Config& config, std::int32_t filter, const CapabilityMasks& masks,
                     SeccompTime time, Builder& builder);

// ---- hooks: config.md "POSIX-platform Hooks" ------------------------------------------------

/// Whether a hook has to run between the mounts and the new root.
bool has_create_hooks(const spec::Config& config);
/// Host: prestart, then createRuntime.
void compile_host_hooks(const spec::Config& config, Builder& builder);
/// Child, the two kinds that run inside the container.
void compile_create_container_hooks(const spec::Config& config, Builder& builder);
void compile_start_container_hooks(const spec::Config& config, Builder& builder);
/// Host, after Execute: carried out by `start`.
void compile_poststart_hooks(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
