#include "runtime/linux/cgroup/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"

namespace berth::sys {

Mkdir mkdir_cgroup(const Dir& parent, const std::string& name) {
  if (::mkdirat(parent.fd.get(), name.c_str(), 0755) == 0) return Mkdir::Made;
  if (errno == EEXIST) return Mkdir::Existed;
  if (errno == ENOENT || errno == ENODEV) return Mkdir::NoParent;
  fail_errno("mkdir", parent.path_of(name));
}

bool rmdir_unless_busy(const std::string& path) {
  if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return true;
  if (errno == EBUSY || errno == ENOTEMPTY) return false;
  fail_errno("rmdir", path);
}

bool rmdir_at_unless_busy(const Dir& parent, const std::string& name) {
  if (::unlinkat(parent.fd.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
  if (errno == EBUSY || errno == ENOTEMPTY) return false;
  fail_errno("rmdir", parent.path_of(name));
}

bool has_control_file(const Dir& cgroup, const std::string& file) {
  const auto facts = facts_at_if_exists(cgroup, file);
  return facts && S_ISREG(facts->mode);
}

std::optional<Fd> open_control_file(const Dir& cgroup, const std::string& file) {
  auto opened = open_at_if_exists(cgroup, file, O_RDONLY);
  const bool is_file = opened && S_ISREG(facts_of(*opened, cgroup.path_of(file)).mode);
  return is_file ? std::move(opened) : std::nullopt;
}

std::string read_cgroup_procs(const Dir& cgroup) {
  constexpr std::size_t kLargest = std::size_t{64} << 20;  // room for all pids that there can be
  return read_file_at_if_exists(cgroup, "cgroup.procs", kLargest).value_or("");
}

}  // namespace berth::sys
