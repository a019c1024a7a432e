#include "runtime/cgroup/destroy.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <string>

#include "runtime/linux/cgroup.h"
#include "runtime/linux/file.h"
#include "runtime/linux/time.h"
#include "spec/error.h"

namespace berth::cgroup {

namespace {

constexpr int kKillMilliseconds = 10'000;
constexpr int kRemoveMilliseconds = 2'000;

/// Those with processes; a directory that is gone has none.
std::vector<Footprint> populated_of(const std::vector<Footprint>& footprints) {
  std::vector<Footprint> populated;
  for (const Footprint& footprint : footprints) {
    const auto cgroup = sys::open_dir_if_exists(footprint.directory);
    if (cgroup && is_populated(*cgroup)) populated.push_back(footprint);
  }
  return populated;
}

void write_if_exists(const sys::Dir& cgroup, const std::string& file, const std::string& value) {
  if (const auto fd = sys::open_at_if_exists(cgroup, file, O_WRONLY)) {
    sys::write_all(*fd, value, cgroup.path_of(file));
  }
}

void write_to_all(const std::vector<Footprint>& footprints, const std::string& file,
                  const std::string& value) {
  for (const Footprint& footprint : footprints) {
    const auto cgroup = sys::open_dir_if_exists(footprint.directory);
    if (cgroup) write_if_exists(*cgroup, file, value);
  }
}

/// v2 only: there also processes count that we cannot see and thus not wait for.
void wait_until_empty(const Footprint& footprint, const sys::Deadline& deadline) {
  const auto cgroup = sys::open_dir_if_exists(footprint.directory);
  if (!cgroup) return;
  const std::string name = cgroup->path_of("cgroup.events");
  while (!deadline.has_passed()) {
    const auto events = sys::open_at_if_exists(*cgroup, "cgroup.events", O_RDONLY);
    // Reading arms the poll of this descriptor: no change between the two is lost.
    if (!events || sys::read_all(*events, name).find("populated 1") == std::string::npos) return;
    (void)sys::wait_for_cgroup_event(*events, name, deadline.left());
  }
}

/// From the second round on v1 freezes them first: what forks faster than we signal holds still.
void kill_once(const std::vector<Footprint>& footprints, bool freeze,
               const sys::Deadline& deadline) {
  if (freeze) write_to_all(footprints, "freezer.state", "FROZEN");
  const std::vector<sys::Pidfd> members = open_members(footprints);
  write_to_all(footprints, "cgroup.kill", "1");
  for (const sys::Pidfd& member : members) (void)member.signal(SIGKILL);  // false: it has ended
  // v1 delivers no SIGKILL to the frozen, and a paused container may be destroyed too.
  write_to_all(footprints, "freezer.state", "THAWED");
  for (const sys::Pidfd& member : members) (void)member.wait_for_exit(deadline.left());
  for (const Footprint& footprint : footprints) wait_until_empty(footprint, deadline);
}

void kill_all(const std::vector<Footprint>& footprints) {
  const sys::Deadline deadline(kKillMilliseconds);
  for (int round = 0;; ++round) {
    const std::vector<Footprint> populated = populated_of(footprints);
    if (populated.empty()) return;
    if (deadline.has_passed()) {
      fail(ErrorKind::System, "cgroup '" + populated.front().directory +
                                  "' still has processes, though they were killed");
    }
    kill_once(footprints, round > 0, deadline);
    // Dead members may be counted for a moment; members nobody can wait for may take longer.
    if (round > 0) sys::sleep_milliseconds(std::min(round, 20));
  }
}

/// A process leaves its cgroup a little before or after others see it dead.
void remove_patiently(const std::string& path) {
  const sys::Deadline deadline(kRemoveMilliseconds);
  for (int pause = 1; !sys::rmdir_unless_busy(path); pause = std::min(pause * 2, 50)) {
    if (deadline.has_passed()) {
      fail(ErrorKind::System, "cgroup '" + path + "' is still in use and cannot be removed");
    }
    sys::sleep_milliseconds(pause);
  }
}

void remove_tree(const std::string& path) {
  if (const auto cgroup = sys::open_dir_if_exists(path)) {
    for (const std::string& name : sys::subdirs_of(*cgroup)) remove_tree(cgroup->path_of(name));
  }
  remove_patiently(path);
}

void remove_empty_parents(const Footprint& footprint) {
  std::string path = footprint.directory;
  while (path.size() > footprint.topmost.size()) {
    path.resize(path.rfind('/'));
    if (!sys::rmdir_unless_busy(path)) return;
  }
}

}  // namespace

void destroy(const std::vector<Footprint>& footprints) {
  // Mostly everything has ended, and asking first who is there costs more than trying.
  std::vector<Footprint> left;
  for (const Footprint& footprint : footprints) {
    const bool ours = !footprint.topmost.empty();
    if (!ours || !sys::rmdir_unless_busy(footprint.directory)) left.push_back(footprint);
  }
  if (!left.empty()) kill_all(left);
  for (const Footprint& footprint : left) {
    if (!footprint.topmost.empty()) remove_tree(footprint.directory);
  }
  for (const Footprint& footprint : footprints) {
    if (!footprint.topmost.empty()) remove_empty_parents(footprint);
  }
}

void remove_if_empty(const std::vector<Footprint>& footprints) {
  for (const Footprint& footprint : footprints) {
    if (footprint.topmost.empty()) continue;
    if (sys::rmdir_unless_busy(footprint.directory)) remove_empty_parents(footprint);
  }
}

}  // namespace berth::cgroup
