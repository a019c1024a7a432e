#include "runtime/linux/process/child.h"

#include <sys/resource.h>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"

namespace berth::sys {

namespace {

std::string proc_path(pid_t pid, const std::string& file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

}  // namespace

void write_id_map(pid_t pid, const std::string& file, const std::string& lines) {
  write_value(proc_path(pid, file), lines);
}

void set_oom_score_adj(pid_t pid, const std::string& value) {
  write_value(proc_path(pid, "oom_score_adj"), value);
}

void raise_hard_limit(pid_t pid, int resource, std::uint64_t hard) {
  const std::string subject = "resource " + std::to_string(resource);
  rlimit limit = {};
  if (call(SYS_prlimit64, pid, resource, nullptr, &limit) < 0) fail_errno("prlimit", subject);
  if (limit.rlim_max >= hard) return;
  limit.rlim_max = hard;
  if (call(SYS_prlimit64, pid, resource, &limit, nullptr) < 0) fail_errno("prlimit", subject);
}

}  // namespace berth::sys
