// The state document of a container, as `state` prints it and hooks read it on stdin. runtime.md,
// "State"; with what go-runc and `list` want to know beyond the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spec/config.h"
#include "spec/rules.h"

namespace berth::spec {

struct State {
  std::string oci_version;
  std::string id;
  std::string status;               ///< one of kStatuses
  std::optional<std::int32_t> pid;  ///< as berth sees it; absent when stopped
  std::string bundle;               ///< absolute
  std::string rootfs;               ///< absolute; an extension, as are created and owner
  std::string created;              ///< RFC 3339
  std::string owner;                ///< user name or number
  StringMap annotations;
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
}

}  // namespace berth::spec
