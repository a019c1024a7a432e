#include "runtime/cgroup/level.h"

#include <fcntl.h>

#include "runtime/linux/files/file.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

/// `list` is separated by blanks and ends in a newline.
bool has_word(std::string list, const std::string& word) {
  if (!list.empty()) list.back() = ' ';
  return (" " + list).find(" " + word + " ") != std::string::npos;
}

}  // namespace

std::optional<sys::SystemError> enable_controllers(const sys::Dir& cgroup,
                                                   const std::vector<std::string>& needed,
                                                   const std::vector<std::string>& wanted) {
  if (needed.empty() && wanted.empty()) return std::nullopt;
  constexpr char kFile[] = "cgroup.subtree_control";
  const std::string enabled = sys::read_file_at(cgroup, kFile);
  std::string missing;
  for (const std::string& controller : needed) {
    if (!has_word(enabled, controller)) missing += "+" + controller + " ";
  }
  if (!missing.empty()) {
    const sys::Fd file = sys::open_at(cgroup, kFile, O_WRONLY);
    auto refusal = sys::try_write_value(file, missing, cgroup.path_of(kFile));
    if (refusal) return refusal;
  }
  for (const std::string& controller : wanted) {
    // The kernel refuses this for a cgroup that has processes, and `wanted` allows that.
    if (!has_word(enabled, controller)) (void)sys::try_write_at(cgroup, kFile, "+" + controller);
  }
  return std::nullopt;
}

void inherit_cpuset(const sys::Dir& parent, const sys::Dir& child, bool is_new) {
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
    if (!is_new && !text::trimmed(sys::read_file_at_if_exists(child, file).value_or("")).empty()) {
      continue;
    }
    const auto inherited = sys::read_file_at_if_exists(parent, file);
    if (!inherited) {
      fail(ErrorKind::Unsupported,
           "there is no '" + parent.path_of(file) +
               "': a cpuset hierarchy that is mounted with 'noprefix' is not supported");
    }
    sys::write_at(child, file, *inherited);
  }
}

}  // namespace berth::cgroup
