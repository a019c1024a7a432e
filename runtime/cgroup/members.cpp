#include "runtime/cgroup/members.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "runtime/linux/cgroup.h"
#include "runtime/linux/file.h"

namespace berth::cgroup {

namespace {

/// One number a line; 0 stands for a process outside our pid namespace.
void add_pids(const std::string& procs, std::set<pid_t>& pids) {
  const char* at = procs.data();
  const char* const end = at + procs.size();
  while (at < end) {
    pid_t pid = 0;
    const auto parsed = std::from_chars(at, end, pid);
    if (pid > 0) pids.insert(pid);
    at = std::max(parsed.ptr, at) + 1;
  }
}

void add_pids_below(const sys::Dir& cgroup, std::set<pid_t>& pids) {
  if (const auto procs = sys::read_cgroup_procs(cgroup)) add_pids(*procs, pids);
  for (const std::string& name : sys::subdirs_of(cgroup)) {
    if (const auto below = sys::open_dir_at_if_exists(cgroup, name)) add_pids_below(*below, pids);
  }
}

std::set<pid_t> pids_of(const std::vector<Footprint>& footprints) {
  std::set<pid_t> pids;
  for (const Footprint& footprint : footprints) {
    if (const auto cgroup = sys::open_dir_if_exists(footprint.directory)) {
      add_pids_below(*cgroup, pids);
    }
  }
  return pids;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

std::vector<sys::Pidfd> open_members(const std::vector<Footprint>& footprints) {
  std::vector<std::pair<pid_t, sys::Pidfd>> opened;
  for (const pid_t pid : pids_of(footprints)) {
    const auto stat = sys::read_process_stat(pid);
    if (!stat) continue;
    auto handle = sys::Pidfd::open_if_alive(pid, stat->start_time);
    if (handle) opened.emplace_back(pid, std::move(*handle));
  }
  std::vector<sys::Pidfd> members;
  if (opened.empty()) return members;
  const std::set<pid_t> still = pids_of(footprints);
  for (auto& [pid, handle] : opened) {
    if (still.count(pid) != 0) members.push_back(std::move(handle));
  }
  return members;
}

std::size_t signal_all(const std::vector<Footprint>& footprints, int signal) {
  const std::vector<sys::Pidfd> members = open_members(footprints);
  return static_cast<std::size_t>(
      std::count_if(members.begin(), members.end(),
                    [&](const sys::Pidfd& member) { return member.signal(signal); }));
}

bool is_populated(const sys::Dir& cgroup) {
  if (const auto events = sys::read_file_at_if_exists(cgroup, "cgroup.events")) {
    return has_line(*events, "populated 1");
  }
  if (!sys::read_cgroup_procs(cgroup).value_or("").empty()) return true;
  const std::vector<std::string> below = sys::subdirs_of(cgroup);
  return std::any_of(below.begin(), below.end(), [&](const std::string& name) {
    const auto child = sys::open_dir_at_if_exists(cgroup, name);
    return child && is_populated(*child);
  });
}

bool is_frozen(const sys::Dir& cgroup) {
  if (const auto events = sys::read_file_at_if_exists(cgroup, "cgroup.events")) {
    return has_line(*events, "frozen 1");
  }
  const auto state = sys::read_file_at_if_exists(cgroup, "freezer.state");
  return state && *state != "THAWED\n";
}

}  // namespace berth::cgroup
