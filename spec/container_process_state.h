// The container process state: what the agent of SCMP_ACT_NOTIFY gets together with the listener.
// config-linux.md, "The Container Process State"
#pragma once

#include <cstdint>
#include <string>

#include "spec/config.h"
#include "spec/state.h"

namespace berth::spec {

struct ContainerProcessState {
  std::string oci_version;
  Strings fds;  ///< names of the descriptors that come with it, in their order
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
