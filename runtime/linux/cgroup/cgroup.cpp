#include "runtime/linux/cgroup/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/directory.h"
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

namespace {

/// A failure shows when the file is used.
void allow_owner(int dir, const char* entry) {
  struct stat status = {};
  if (::fstatat(dir, entry, &status, AT_SYMLINK_NOFOLLOW) < 0) return;
  const mode_t needed = S_ISDIR(status.st_mode) ? S_IRWXU : S_IRUSR | S_IWUSR;
  if (status.st_uid != ::geteuid() || (status.st_mode & needed) == needed) return;
  // A cast to void would not do: glibc insists on the use of this result.
  [[maybe_unused]] const int result = ::fchmodat(dir, entry, (status.st_mode & 07777) | needed, 0);
}

}  // namespace

void regain_control(const Dir& cgroup) {
  if (::geteuid() == 0) return;
  const int dir = cgroup.fd.get();
  struct stat status = {};
  const bool is_own = ::fstat(dir, &status) == 0 && status.st_uid == ::geteuid();
  if (is_own && (status.st_mode & S_IRWXU) != S_IRWXU) {
    const std::string self = "/proc/self/fd/" + std::to_string(dir);
    (void)::chmod(self.c_str(), (status.st_mode & 07777) | S_IRWXU);
  }
  if (!is_own) return;
  for (const std::string& entry : entries_of(cgroup)) allow_owner(dir, entry.c_str());
}

bool has_control_file(const Dir& cgroup, const std::string& file) {
  const auto facts = facts_at_if_exists(cgroup, file);
  return facts && S_ISREG(facts->mode);
}

std::optional<Fd> open_control_file(const Dir& cgroup, const std::string& file) {
  if (!has_control_file(cgroup, file)) return std::nullopt;
  // It may have become a child cgroup meanwhile.
  auto opened = open_at_if_exists(cgroup, file, O_RDONLY);
  const bool is_file = opened && S_ISREG(facts_of(*opened, cgroup.path_of(file)).mode);
  return is_file ? std::move(opened) : std::nullopt;
}

std::string read_cgroup_procs(const Dir& cgroup) {
  constexpr std::size_t kLargest = std::size_t{64} << 20;  // room for all pids that there can be
  return read_file_at_if_exists(cgroup, "cgroup.procs", kLargest).value_or("");
}

}  // namespace berth::sys
