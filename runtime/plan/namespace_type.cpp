#include "runtime/plan/namespace_type.h"

#include <sched.h>

namespace berth::plan {

namespace {

struct Type {
  std::string_view name;
  std::uint64_t flag;
};

constexpr Type kTypes[] = {
    {"pid", CLONE_NEWPID},   {"network", CLONE_NEWNET},   {"mount", CLONE_NEWNS},
    {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},       {"user", CLONE_NEWUSER},
    {"time", CLONE_NEWTIME}, {"cgroup", CLONE_NEWCGROUP},
};

}  // namespace

std::uint64_t namespace_flag(std::string_view type) {
  for (const Type& row : kTypes) {
    if (row.name == type) return row.flag;
  }
  return 0;
}

std::string namespace_types(std::uint64_t flags) {
  std::string names;
  for (const Type& row : kTypes) {
    if ((flags & row.flag) == 0) continue;
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

}  // namespace berth::plan
