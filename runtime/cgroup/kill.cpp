#include "runtime/cgroup/kill.h"

#include <signal.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/cgroup/freeze.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/streams/poll.h"
#include "spec/error.h"

namespace berth::cgroup {

namespace {

constexpr int kPatienceMilliseconds = 10'000;
constexpr char kEventsFile[] = "cgroup.events";

/// The cgroups that have processes; a cgroup that was removed has none.
std::vector<store::ContainerCgroup> populated_of(
    const std::vector<store::ContainerCgroup>& places) {
  std::vector<store::ContainerCgroup> populated;
  for (const store::ContainerCgroup& place : places) {
    const auto cgroup = sys::open_dir_if_exists(place.directory);
    if (cgroup && is_populated(*cgroup)) populated.push_back(place);
  }
  return populated;
}

/// v2 only: the kernel kills all processes at once, including frozen ones and those they fork.
void kill_unified(const std::vector<store::ContainerCgroup>& places) {
  for (const store::ContainerCgroup& place : places) {
    const auto cgroup = sys::open_dir_if_exists(place.directory);
    if (cgroup) (void)sys::try_write_at(*cgroup, "cgroup.kill", "1");  // members are signalled, too
  }
}

/// The container's cgroup in the v1 freezer hierarchy.
std::optional<sys::Dir> find_freezer(const std::vector<store::ContainerCgroup>& places) {
  for (const store::ContainerCgroup& place : places) {
    auto cgroup = sys::open_dir_if_exists(place.directory);
    if (cgroup && is_v1_freezer(*cgroup)) return cgroup;
  }
  return std::nullopt;
}

/// Thaws the container's v1 cgroup at the end, even after an error.
class ThawGuard {
 public:
  explicit ThawGuard(const std::vector<store::ContainerCgroup>& places)
      : cgroup_(find_freezer(places)) {}
  ThawGuard(const ThawGuard&) = delete;
  ThawGuard& operator=(const ThawGuard&) = delete;
  ~ThawGuard() {
    // Killed processes that stay frozen would never end. After an error only one write is tried.
    if (cgroup_) (void)try_thaw(*cgroup_);
  }

  void freeze_all() const {
    if (cgroup_) freeze_to_kill(*cgroup_);
  }
  void thaw_all() {
    if (cgroup_) thaw_to_kill(*cgroup_);
    cgroup_.reset();
  }

 private:
  std::optional<sys::Dir> cgroup_;
};

/// v2 only: its counts include processes that berth cannot see, and so cannot wait for by pidfd.
void wait_until_empty(const store::ContainerCgroup& place, const sys::Deadline& deadline) {
  const auto cgroup = sys::open_dir_if_exists(place.directory);
  if (!cgroup) return;
  const std::string name = cgroup->path_of(kEventsFile);
  while (!deadline.has_passed()) {
    const auto events = sys::open_control_file(*cgroup, kEventsFile);
    // Reading arms the poll of this descriptor, so no change between the two is lost.
    if (!events || sys::read_all(*events, name).find("populated 1") == std::string::npos) return;
    (void)sys::wait_for({.fd = events->get(), .direction = sys::Watch::For::Event},
                        deadline.left());  // the loop checks the deadline
  }
}

/// Does not freeze, which takes longer: when the first process of a pid namespace ends, the kernel
/// kills all others. Returns handles of some of the killed processes, to wait for them.
std::vector<sys::Pidfd> kill_quickly(const std::vector<store::ContainerCgroup>& places) {
  kill_unified(places);
  std::vector<sys::Pidfd> killed;
  for_each_member(places, 0, [&](sys::Pidfd member) {
    (void)member.signal(SIGKILL);  // false: it has ended
    if (killed.size() < kHandles) killed.push_back(std::move(member));
  });
  ThawGuard(places).thaw_all();  // the cgroup may have been paused
  return killed;
}

}  // namespace

void signal_all(const std::vector<store::ContainerCgroup>& places, int signal, pid_t but) {
  std::optional<ThawGuard> freezer;
  if (signal == SIGKILL) {
    kill_unified(places);
    freezer.emplace(places).freeze_all();
  }
  for_each_member(places, but, [&](const sys::Pidfd& member) {
    (void)member.signal(signal);  // false: it has ended
  });
  if (freezer) freezer->thaw_all();
}

void kill_all(const std::vector<store::ContainerCgroup>& places) {
  const sys::Deadline deadline(kPatienceMilliseconds);
  for (int round = 0;; ++round) {
    const std::vector<store::ContainerCgroup> populated = populated_of(places);
    if (populated.empty()) return;
    if (deadline.has_passed()) {
      fail(ErrorKind::System, "cgroup '" + populated.front().directory +
                                  "' still has processes, though they were killed");
    }
    if (round == 0) {
      for (const sys::Pidfd& process : kill_quickly(places)) {
        (void)process.wait_for_exit(deadline.left());
      }
    } else {
      signal_all(places, SIGKILL, 0);
    }
    for (const store::ContainerCgroup& place : places) wait_until_empty(place, deadline);
    // Dead members may be counted for a moment; members that berth cannot wait for may take longer.
    if (round > 0) sys::sleep_milliseconds(std::min(round, 20));
  }
}

}  // namespace berth::cgroup
