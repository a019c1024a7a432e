#include "runtime/cgroup/kill.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/cgroup/descent.h"
#include "runtime/linux/cgroup.h"
#include "runtime/linux/file.h"
#include "runtime/linux/time.h"
#include "spec/error.h"

namespace berth::cgroup {

namespace {

constexpr int kKillMilliseconds = 10'000;
constexpr int kFreezeMilliseconds = 500;

constexpr char kFreezer[] = "freezer.state";
constexpr char kEvents[] = "cgroup.events";

/// Those with processes; a directory that is gone has none.
std::vector<store::ContainerCgroup> populated_of(
    const std::vector<store::ContainerCgroup>& places) {
  std::vector<store::ContainerCgroup> populated;
  for (const store::ContainerCgroup& place : places) {
    const auto cgroup = sys::open_dir_if_exists(place.directory);
    if (cgroup && is_populated(*cgroup)) populated.push_back(place);
  }
  return populated;
}

void write_if_exists(const sys::Dir& cgroup, const std::string& file, const std::string& value) {
  if (const auto fd = sys::open_at_if_exists(cgroup, file, O_WRONLY)) {
    sys::write_all(*fd, value, cgroup.path_of(file));
  }
}

/// v2 alone: the kernel kills all at once, whatever they fork, frozen or not.
void kill_unified(const std::vector<store::ContainerCgroup>& places) {
  for (const store::ContainerCgroup& place : places) {
    const auto cgroup = sys::open_dir_if_exists(place.directory);
    if (cgroup) write_if_exists(*cgroup, "cgroup.kill", "1");
  }
}

/// The container's cgroup in the v1 freezer hierarchy.
std::optional<sys::Dir> find_freezer(const std::vector<store::ContainerCgroup>& places) {
  for (const store::ContainerCgroup& place : places) {
    auto cgroup = sys::open_dir_if_exists(place.directory);
    if (cgroup && sys::read_file_at_if_exists(*cgroup, kFreezer)) return cgroup;
  }
  return std::nullopt;
}

/// v1: what forks faster than berth signals holds still. Freezing takes the kernel a moment.
void freeze(const sys::Dir& freezer) {
  write_if_exists(freezer, kFreezer, "FROZEN");
  const sys::Deadline deadline(kFreezeMilliseconds);
  while (!deadline.has_passed() &&
         sys::read_file_at_if_exists(freezer, kFreezer).value_or("") == "FREEZING\n") {
    sys::sleep_milliseconds(1);
  }
}

/// v1 delivers no SIGKILL to the frozen; the container may have frozen cgroups below its own, too.
void thaw(const sys::Dir& freezer) {
  Descent way(freezer);
  do write_if_exists(way.here(), kFreezer, "THAWED");
  while (way.next());
}

/// Thaws the container's v1 cgroup again, whatever happens in between.
class Freezer {
 public:
  explicit Freezer(const std::vector<store::ContainerCgroup>& places)
      : cgroup_(find_freezer(places)) {}
  Freezer(const Freezer&) = delete;
  Freezer& operator=(const Freezer&) = delete;
  ~Freezer() {
    // After an error one write has to do: what was killed would stay for ever.
    if (cgroup_) (void)sys::try_write_at(*cgroup_, kFreezer, "THAWED");
  }

  void freeze_all() const {
    if (cgroup_) freeze(*cgroup_);
  }
  void thaw_all() {
    if (cgroup_) thaw(*cgroup_);
    cgroup_.reset();
  }

 private:
  std::optional<sys::Dir> cgroup_;
};

/// v2 only: there also processes count that berth cannot see and thus not wait for.
void wait_until_empty(const store::ContainerCgroup& place, const sys::Deadline& deadline) {
  const auto cgroup = sys::open_dir_if_exists(place.directory);
  if (!cgroup) return;
  const std::string name = cgroup->path_of(kEvents);
  while (!deadline.has_passed()) {
    const auto events = sys::open_at_if_exists(*cgroup, kEvents, O_RDONLY);
    // Reading arms the poll of this descriptor: no change between the two is lost.
    if (!events || sys::read_all(*events, name).find("populated 1") == std::string::npos) return;
    (void)sys::wait_for_cgroup_event(*events, name, deadline.left());
  }
}

/// Without freezing, which takes longer: with the first process of a pid namespace all others go.
/// Some of those that it has killed, to be waited for.
std::vector<sys::Pidfd> kill_quickly(const std::vector<store::ContainerCgroup>& places) {
  kill_unified(places);
  std::vector<sys::Pidfd> killed;
  for_each_member(places, 0, [&](sys::Pidfd member) {
    (void)member.signal(SIGKILL);  // false: it has ended
    if (killed.size() < kHandles) killed.push_back(std::move(member));
  });
  Freezer(places).thaw_all();  // it may have been paused
  return killed;
}

}  // namespace

void signal_all(const std::vector<store::ContainerCgroup>& places, int signal, pid_t but) {
  std::optional<Freezer> freezer;
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
  const sys::Deadline deadline(kKillMilliseconds);
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
    // Dead members may be counted for a moment; members nobody can wait for may take longer.
    if (round > 0) sys::sleep_milliseconds(std::min(round, 20));
  }
}

}  // namespace berth::cgroup
