#include "runtime/cgroup/usage/limit_events.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/cgroup/usage/stat_files.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/streams/event_fd.h"

namespace berth::cgroup {

namespace {

std::uint64_t count_of(const StatFiles& files, const char* file, const char* word) {
  const auto table = files.table(file);
  const auto found = table.find(word);
  return found == table.end() ? 0 : found->second;
}

std::uint64_t first_of(const StatFiles& files, const char* file_v1, const char* file_v2) {
  const auto number = files.number(file_v1);
  return number ? *number : files.number(file_v2).value_or(0);
}

/// 0 for no limit, which v1 writes as its largest number of whole pages.
std::uint64_t finite(std::uint64_t limit) {
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 62;
  return limit < kLargest ? limit : 0;
}

/// v1, whose failcnt stays 0 on new kernels. The kernel charges memory in batches of 64 pages.
bool has_reached(const StatFiles& files, const std::string& prefix) {
  constexpr std::uint64_t kBatch = std::uint64_t{64} * 4096;
  const auto limit = files.number(prefix + "limit_in_bytes");
  return limit && files.number(prefix + "max_usage_in_bytes").value_or(0) + kBatch >= *limit;
}

std::vector<store::ContainerCgroup> made_of(const std::vector<store::ContainerCgroup>& places) {
  std::vector<store::ContainerCgroup> made;
  for (const store::ContainerCgroup& place : places) {
    if (!place.topmost.empty()) made.push_back(place);
  }
  return made;
}

spec::LimitEvents read_counts(const std::vector<store::ContainerCgroup>& places) {
  const StatFiles files(places);
  spec::LimitEvents events;
  events.memory_kills = count_of(files, "memory.events", "oom_kill") +
                        count_of(files, "memory.oom_control", "oom_kill");
  const bool has_reached_own = count_of(files, "memory.events", "oom") > 0 ||
                               has_reached(files, "memory.") || has_reached(files, "memory.memsw.");
  if (events.memory_kills > 0 && has_reached_own)
    events.memory_limit = finite(first_of(files, "memory.limit_in_bytes", "memory.max"));
  if (events.memory_kills > 0)
    events.memory_peak = first_of(files, "memory.max_usage_in_bytes", "memory.peak");
  events.pids_refused = count_of(files, "pids.events", "max");
  if (events.pids_refused > 0) events.pids_limit = finite(files.number("pids.max").value_or(0));
  return events;
}

}  // namespace

spec::LimitEvents read_limit_events(const std::vector<store::ContainerCgroup>& places) {
  return read_counts(made_of(places));
}

LimitWatch::LimitWatch(std::vector<store::ContainerCgroup> places) : places_(std::move(places)) {
  watch_memory_v1();
  (void)read_new();
}

void LimitWatch::watch_memory_v1() {
  for (const store::ContainerCgroup& place : places_) {
    const auto cgroup = sys::open_dir_if_exists(place.directory);
    const auto control =
        cgroup ? sys::open_control_file(*cgroup, "memory.oom_control") : std::nullopt;
    if (!control) continue;
    notifier_ = sys::event_fd();
    // The kernel keeps a reference to the eventfd, and none to the other file.
    sys::write_at(*cgroup, "cgroup.event_control",
                  std::to_string(notifier_.get()) + " " + std::to_string(control->get()));
  }
}

void LimitWatch::watch_files() {
  files_.clear();
  for (const store::ContainerCgroup& place : places_) {
    const auto cgroup = sys::open_dir_if_exists(place.directory);
    if (!cgroup) continue;
    for (const char* const name : {"memory.events", "pids.events"}) {
      auto file = sys::open_control_file(*cgroup, name);
      if (!file) continue;
      // A change after this read makes the file ready.
      (void)sys::read_all(*file, cgroup->path_of(name));
      files_.push_back(std::move(*file));
    }
  }
}

std::vector<sys::Watch> LimitWatch::watches() const {
  std::vector<sys::Watch> watches = {{.fd = notifier_.get()}};
  for (const sys::Fd& file : files_)
    watches.push_back({.fd = file.get(), .direction = sys::Watch::For::Event});
  return watches;
}

spec::LimitEvents LimitWatch::read_new() {
  constexpr int kPatience = 1'000;  // the kernel kills at once, unless a program has forbidden that
  // Before the counts are read, so that no event between the two is lost.
  if (notifier_ && sys::clear_event(notifier_)) kill_expected_until_ = sys::Deadline(kPatience);
  watch_files();
  spec::LimitEvents events = read_counts(places_);
  const spec::LimitEvents before = std::exchange(seen_, events);
  if (events.memory_kills > before.memory_kills) kill_expected_until_.reset();
  events.memory_kills -= std::min(events.memory_kills, before.memory_kills);
  events.pids_refused -= std::min(events.pids_refused, before.pids_refused);
  return events;
}

}  // namespace berth::cgroup
