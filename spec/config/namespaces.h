// The namespaces, and the offsets of the clocks: config-linux.md. See config.h.
#pragma once

#include <sched.h>

#include <cstdint>
#include <string>

#include "spec/config/forms.h"
#include "spec/json/rules.h"

namespace berth::spec {

/// namespaces(7)
inline constexpr WordValue kNamespaceRows[] = {
    {"pid", CLONE_NEWPID},       {"network", CLONE_NEWNET}, {"mount", CLONE_NEWNS},
    {"ipc", CLONE_NEWIPC},       {"uts", CLONE_NEWUTS},     {"user", CLONE_NEWUSER},
    {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME},
};
inline constexpr WordTable kNamespaceTypes{kNamespaceRows};

struct Namespace {
  std::string type;  ///< pid network mount ipc uts user cgroup time
  std::string path;  ///< empty: a new namespace
};

void describe(auto& v, Namespace& space) {
  v.required("type", space.type, kNamespaceTypes);
  v.optional("path", space.path, OrEmpty{kAbsolutePath});
}

struct TimeOffset {
  std::int64_t secs = 0;
  std::uint32_t nanosecs = 0;
};

inline constexpr Words kClocks{"monotonic boottime"};

void describe(auto& v, TimeOffset& offset) {
  v.optional("secs", offset.secs);
  v.optional("nanosecs", offset.nanosecs, Range{0, 999'999'999});
}

}  // namespace berth::spec
