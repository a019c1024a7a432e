#include "runtime/cgroup/members.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "runtime/cgroup/descent.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

/// cgroup.procs has one number per line; 0 is a process outside of berth's pid namespace.
std::set<pid_t> pids_of(const sys::Dir& cgroup) {
  const std::string procs = sys::read_cgroup_procs(cgroup);
  std::set<pid_t> pids;
  const char* at = procs.data();
  const char* const end = at + procs.size();
  while (at < end) {
    pid_t pid = 0;
    const auto parsed = std::from_chars(at, end, pid);
    if (pid > 0) pids.insert(pid);
    at = std::max(parsed.ptr, at) + 1;
  }
  return pids;
}

/// Calls `take` with the members of one cgroup that are not in `taken`.
void take_members(const sys::Dir& cgroup, std::set<pid_t>& taken,
                  const std::function<void(sys::Pidfd)>& take) {
  std::vector<pid_t> batch;
  const auto finish = [&] {
    for (Member& member : open_members(cgroup, batch)) {
      taken.insert(member.pid);
      take(std::move(member.handle));
    }
    batch.clear();
  };
  for (const pid_t pid : pids_of(cgroup)) {
    if (taken.contains(pid)) continue;
    batch.push_back(pid);
    if (batch.size() == kHandles) finish();
  }
  finish();
}

}  // namespace

std::vector<Member> open_members(const sys::Dir& cgroup, const std::vector<pid_t>& pids) {
  std::vector<Member> opened;
  for (const pid_t pid : pids) {
    const auto stat = sys::read_process_stat(pid);
    if (!stat) continue;
    auto handle = sys::Pidfd::open_if_alive(pid, stat->start_time);
    if (handle) opened.push_back({.pid = pid, .handle = std::move(*handle)});
  }
  if (opened.empty()) return opened;
  const std::set<pid_t> still = pids_of(cgroup);
  std::erase_if(opened, [&](const Member& member) { return !still.contains(member.pid); });
  return opened;
}

void for_each_member(const std::vector<store::ContainerCgroup>& places, pid_t but,
                     const std::function<void(sys::Pidfd)>& take) {
  std::set<pid_t> taken = {but};
  for (const store::ContainerCgroup& place : places) {
    const auto top = sys::open_dir_if_exists(place.directory);
    if (!top) continue;
    Descent way(*top);
    do take_members(way.here(), taken, take);
    while (way.next());
  }
}

std::vector<pid_t> pids_in(const std::vector<store::ContainerCgroup>& places) {
  std::set<pid_t> pids;
  for (const store::ContainerCgroup& place : places) {
    const auto top = sys::open_dir_if_exists(place.directory);
    if (!top) continue;
    Descent way(*top);
    do pids.merge(pids_of(way.here()));
    while (way.next());
  }
  return {pids.begin(), pids.end()};
}

bool is_populated(const sys::Dir& cgroup) {
  if (const auto events = sys::read_file_at_if_exists(cgroup, "cgroup.events")) {
    return text::has_line(*events, "populated 1");
  }
  Descent way(cgroup);
  do {
    if (!sys::read_cgroup_procs(way.here()).empty()) return true;
  } while (way.next());
  return false;
}

}  // namespace berth::cgroup
