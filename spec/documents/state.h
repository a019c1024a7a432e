// The state document of a container, which `state` prints and hooks read on stdin (runtime.md,
// "State"), with the extensions that go-runc and `list` use; and the document that contains it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spec/config/config.h"
#include "spec/config/forms.h"

namespace berth::spec {

/// An extension: what its limits have done to a container.
struct LimitEvents {
  std::uint64_t memory_kills = 0;                   ///< processes that the kernel killed
  std::uint64_t memory_limit = 0, memory_peak = 0;  ///< bytes
  std::uint64_t pids_refused = 0;                   ///< forks that failed
  std::uint64_t pids_limit = 0;
};

void describe(auto& v, LimitEvents& events) {
  v.optional("memoryKills", events.memory_kills);
  v.optional("memoryLimit", events.memory_limit);
  v.optional("memoryPeak", events.memory_peak);
  v.optional("pidsRefused", events.pids_refused);
  v.optional("pidsLimit", events.pids_limit);
}

struct State {
  std::string oci_version;
  std::string id;
  std::string status;               ///< one of kStatuses
  std::optional<std::int32_t> pid;  ///< in berth's pid namespace; absent if stopped
  std::string bundle;               ///< absolute
  std::string rootfs;               ///< absolute; an extension, like created and owner
  std::string created;              ///< RFC 3339
  std::string owner;                ///< user name or number
  StringMap annotations;
  LimitEvents limit_events;  ///< once it is stopped
};

/// `paused` is an extension.
inline constexpr Words kStatuses{"creating created running stopped paused"};

void describe(auto& v, State& state) {
  v.required("ociVersion", state.oci_version);
  v.required("id", state.id);
  v.required("status", state.status, kStatuses);
  v.optional("pid", state.pid);
  v.required("bundle", state.bundle, kAbsolutePath);
  v.optional("rootfs", state.rootfs);
  v.optional("created", state.created);
  v.optional("owner", state.owner);
  v.optional("annotations", state.annotations);
  v.optional("limitEvents", state.limit_events);
}

// ---- the container process state ------------------------------------------------------------

/// What a seccomp agent receives together with the listener of SCMP_ACT_NOTIFY. config-linux.md,
/// "The Container Process State"
struct ContainerProcessState {
  std::string oci_version;
  Strings fds;  ///< the names of the descriptors that are sent along, in order
  std::int32_t pid = 0;
  std::string metadata;
  State state;
};

void describe(auto& v, ContainerProcessState& process) {
  v.required("ociVersion", process.oci_version);
  v.required("fds", process.fds);
  v.required("pid", process.pid);
  v.optional("metadata", process.metadata);
  v.required("state", process.state);
}

}  // namespace berth::spec
