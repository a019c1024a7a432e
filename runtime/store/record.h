// What berth remembers about a container: one JSON file, written before the first effect (the
// intents) and again when the container exists. If berth is killed, the Record lists all that has
// to be undone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/linux/files/file_facts.h"
#include "runtime/plan/scope.h"
#include "runtime/plan/seccomp.h"
#include "runtime/store/container_cgroup.h"
#include "spec/config/config.h"

namespace berth::store {

/// The identity of a process: its pid and its start time, or, where /proc hides the start time, its
/// pid and its number. A pid alone is not enough.
struct Process {
  pid_t pid = 0;                 ///< 0: none
  std::uint64_t start_time = 0;  ///< clock ticks after boot, proc_pid_stat(5); 0: hidden
  std::uint64_t number = 0;      ///< see sys::Pidfd::inode(); 0: the kernel has none
};

struct Record {
  std::uint32_t version = kVersion;  ///< the format of this file
  std::string id;
  std::string bundle;  ///< absolute
  std::string rootfs;  ///< absolute
  std::string oci_version;
  std::string created;      ///< RFC 3339, UTC
  std::uint32_t owner = 0;  ///< the uid that ran `create`
  spec::StringMap annotations;
  bool complete = false;           ///< false while `create` runs: only the intents are valid
  bool runs_create_hooks = false;  ///< poststop hooks undo them, even if `create` fails
  bool runs_start_hooks = false;   ///< `start` may take as long as these hooks do
  bool has_program = true;         ///< whether config.json has a `process`
  bool is_chrooted = false;        ///< its root is not the root of its mount namespace
  bool keeps_keyring = false;      ///< its processes have the session keyring of their callers
  Process creator;                 ///< the berth that runs `create`
  Process init;                    ///< the container's first process
  sys::FileIdentity program;       ///< what `init` executes until `start`: berth-init, in a memfd
  std::map<std::string, std::uint64_t> namespaces;  ///< the inode of each entry of /proc/PID/ns
  std::vector<ContainerCgroup> cgroups;
  std::optional<plan::ScopeName> scope;  ///< the unit of systemd that has its cgroup
  std::vector<std::string> freezers;     ///< the cgroup directories that can freeze its processes
  std::vector<std::string> rdt_groups;   ///< the resctrl directories made for it, innermost first
  std::optional<plan::SeccompAgent> seccomp_agent;
  spec::Hooks hooks;  ///< those that `start` and `delete` run: poststart, poststop

  static constexpr std::uint32_t kVersion = 1;

  /// Whether one of its cgroups is of cgroup v2. Nothing if none is marked so: the Record has no v2
  /// cgroup, or an older berth wrote it.
  std::optional<bool> is_unified(std::string_view directory) const;
};

}  // namespace berth::store
