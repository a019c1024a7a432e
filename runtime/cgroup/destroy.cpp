#include "runtime/cgroup/destroy.h"

#include <string>

#include "runtime/cgroup/descent.h"
#include "runtime/cgroup/freeze.h"
#include "runtime/cgroup/kill.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "spec/error.h"

namespace berth::cgroup {

namespace {

constexpr int kRemoveMilliseconds = 2'000;

/// A process may still count as a member for a moment after other processes see it dead.
template <class Remove>
void remove_patiently(const std::string& path, Remove remove) {
  constexpr int kLongestPause = 50;
  if (sys::retry_until(sys::Deadline(kRemoveMilliseconds), kLongestPause, remove)) return;
  fail(ErrorKind::System, "cgroup '" + path + "' is still in use and cannot be removed");
}

void remove_tree(const std::string& path) {
  if (const auto top = sys::open_dir_if_exists(path)) {
    Descent way(*top);
    while (true) {
      if (way.down()) continue;
      const auto name = way.up();
      if (!name) break;
      remove_patiently(way.here().path_of(*name),
                       [&] { return sys::rmdir_at_unless_busy(way.here(), *name); });
    }
  }
  remove_patiently(path, [&] { return sys::rmdir_unless_busy(path); });
}

/// A cgroup that existed before stays, but not in the state of a paused container: the next one
/// could not enter it.
void leave_thawed(const std::string& path) {
  const auto cgroup = sys::open_dir_if_exists(path);
  if (cgroup) (void)try_thaw(*cgroup);  // false: it is not of a hierarchy that freezes
}

void remove_empty_parents(const store::ContainerCgroup& place) {
  std::string path = place.directory;
  while (path.size() > place.topmost.size()) {
    path.resize(path.rfind('/'));
    if (!sys::rmdir_unless_busy(path)) return;
  }
}

}  // namespace

void destroy(const std::vector<store::ContainerCgroup>& places) {
  // Usually every process has ended, and trying costs less than checking first.
  std::vector<store::ContainerCgroup> left;
  for (const store::ContainerCgroup& place : places) {
    if (place.topmost.empty() || !sys::rmdir_unless_busy(place.directory)) left.push_back(place);
  }
  if (!left.empty()) kill_all(left);
  for (const store::ContainerCgroup& place : left) {
    place.topmost.empty() ? leave_thawed(place.directory) : remove_tree(place.directory);
  }
  for (const store::ContainerCgroup& place : places) {
    if (!place.topmost.empty()) remove_empty_parents(place);
  }
}

void remove_if_empty(const std::vector<store::ContainerCgroup>& places) {
  for (const store::ContainerCgroup& place : places) {
    if (place.topmost.empty()) continue;
    if (sys::rmdir_unless_busy(place.directory)) remove_empty_parents(place);
  }
}

}  // namespace berth::cgroup
