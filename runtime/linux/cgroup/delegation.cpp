#include "runtime/linux/cgroup/delegation.h"

#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::sys {

std::vector<std::string> delegated_files(const std::optional<std::string>& list) {
  if (!list) return {"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"};
  return text::words<std::string>(*list, '\n');
}

std::optional<std::string> read_delegated_list() {
  return read_file_if_exists("/sys/kernel/cgroup/delegate");
}

}  // namespace berth::sys
