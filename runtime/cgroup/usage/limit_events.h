// What a container's limits have done to it: processes that the kernel killed for lack of memory,
// and forks that it refused.
#pragma once

#include <optional>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/streams/poll.h"
#include "runtime/store/container_cgroup.h"
#include "spec/documents/state.h"

namespace berth::cgroup {

/// By the counts of the cgroups that were made for the container: that of one which existed before
/// may include other processes. A limit is there if the container reached its own, and not only one
/// of a cgroup above or the machine's memory.
spec::LimitEvents read_limit_events(const std::vector<store::ContainerCgroup>& places);

/// Reports these events as they happen: by a change of memory.events (v2) or pids.events, and in v1
/// by an eventfd for memory.oom_control. Kernel: cgroup-v2.rst "memory.events",
/// cgroup-v1/memory.rst "OOM Control"
class LimitWatch {
 public:
  explicit LimitWatch(std::vector<store::ContainerCgroup> places);

  /// These become ready when something may have happened, and stay so until read_new().
  std::vector<sys::Watch> watches() const;

  /// What has happened since the call before, or since the constructor, also in a cgroup that
  /// existed before.
  spec::LimitEvents read_new();

  /// v1 reports a lack of memory before the kernel kills and counts, and then nothing more: whether
  /// to look again soon.
  bool expects_kill() const { return kill_expected_until_ && !kill_expected_until_->has_passed(); }

 private:
  void watch_memory_v1();
  void watch_files();

  std::vector<store::ContainerCgroup> places_;
  spec::LimitEvents seen_;
  std::vector<sys::Fd> files_;
  sys::Fd notifier_;  ///< the eventfd
  std::optional<sys::Deadline> kill_expected_until_;
};

}  // namespace berth::cgroup
