// What berth remembers of a container: one JSON file, written before the first effect (intent) and
// again when the container exists. Whatever kills berth, the Record tells all there is to undo.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/container_cgroup.h"
#include "spec/config.h"

namespace berth::store {

/// A process is its pid and its start time, never a pid alone; or its pid and its number, where
/// /proc hides the time.
struct Process {
  pid_t pid = 0;                 ///< 0: none
  std::uint64_t start_time = 0;  ///< clock ticks after boot, proc_pid_stat(5); 0: it was hidden
  std::uint64_t number = 0;      ///< 0: this kernel has none, see sys::Pidfd
};

/// Where start sends the listener of a seccomp filter.
struct SeccompAgent {
  std::string path;  ///< absolute
  std::string metadata;
};

/// A file, whatever its names.
struct File {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

struct Record {
  std::uint32_t version = kVersion;  ///< of this format
  std::string id;
  std::string bundle;  ///< absolute
  std::string rootfs;  ///< absolute
  std::string oci_version;
  std::string created;      ///< RFC 3339, UTC
  std::uint32_t owner = 0;  ///< uid that ran create
  spec::StringMap annotations;
  bool complete = false;           ///< false: creating, only intents hold
  bool runs_create_hooks = false;  ///< what they begin, poststop undoes, however create ends
  bool runs_start_hooks = false;   ///< in the container: start may take as long as they do
  bool has_program = true;         ///< config.json has a `process`
  Process creator;                 ///< the berth that is creating it
  Process init;                    ///< the container's first process
  File program;                    ///< what it runs until it is started: berth-init, a memfd
  std::map<std::string, std::uint64_t> namespaces;  ///< inode of each /proc/PID/ns entry, by name
  std::vector<ContainerCgroup> cgroups;
  std::vector<std::string> freezers;    ///< those of the directories that can stop its processes
  std::vector<std::string> rdt_groups;  ///< directories of resctrl made for it, innermost first
  std::optional<SeccompAgent> seccomp_agent;
  spec::Hooks hooks;  ///< those of start and delete: poststart, poststop

  static constexpr std::uint32_t kVersion = 1;
};

}  // namespace berth::store
