// The container process state, which a seccomp agent receives together with the listener of
// SCMP_ACT_NOTIFY. config-linux.md, "The Container Process State"
#pragma once

#include <cstdint>
#include <string>

#include "spec/config/config.h"
#include "spec/documents/state.h"

namespace berth::spec {

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
