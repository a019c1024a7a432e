#include "runtime/cgroup/change.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/cgroup/cpuset_hint.h"
#include "runtime/cgroup/value_before.h"
#include "runtime/linux/files/file.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

using plan::CgroupWrite;

constexpr std::string_view kDeviceFiles[] = {"devices.allow", "devices.deny"};

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string directory_of(const std::vector<plan::CgroupDirectory>& directories,
                         const CgroupWrite& write) {
  const auto found = std::ranges::find_if(directories, [&](const plan::CgroupDirectory& one) {
    return plan::has_file(one.hierarchy, write);
  });
  if (found != directories.end()) return found->path;
  fail(ErrorKind::Bug, "no cgroup hierarchy has the controller '" + write.controller + "'");
}

/// The rules of devices are taken back by the opposite. What a cgroup with all devices forbids is
/// not in any file, so all devices are not given back.
FileChange device_change(const std::string& directory, const CgroupWrite& write) {
  const bool allows = write.file == kDeviceFiles[0];
  const bool is_all_denied = !allows && write.value == "a";
  const std::string_view opposite = kDeviceFiles[allows ? 1 : 0];
  return {.path = directory + "/" + write.file,
          .value = write.value,
          .origin = write.origin,
          .before = {},
          .undo_path = is_all_denied ? "" : directory + "/" + std::string(opposite),
          .undo_value = write.value};
}

FileChange change_of(const std::string& path, const std::string& value, const std::string& text,
                     const std::string& origin) {
  const std::string before = value_before(name_of(path), text, value);
  return {.path = path,
          .value = value,
          .origin = origin,
          .before = before,
          .undo_path = path,
          .undo_value = before};
}

/// The value before, which undoes the write; a file that only takes values has none.
std::optional<std::string> read_before(const std::string& path, const std::string& origin) {
  try {
    return sys::read_file_if_exists(path);
  } catch (const Error& error) {
    throw error.at(origin);
  }
}

/// Nothing if the kernel does what the write says without such a file.
std::optional<FileChange> find_change(const std::string& directory, const CgroupWrite& write) {
  if (std::ranges::count(kDeviceFiles, write.file) != 0) return device_change(directory, write);
  const std::string path = directory + "/" + write.file, other = directory + "/" + write.other_file;
  const auto text = read_before(path, write.origin);
  if (text) return change_of(path, write.value, *text, write.origin);
  const auto more = write.other_file.empty() ? std::nullopt : read_before(other, write.origin);
  if (more) return change_of(other, write.other_value, *more, write.origin);
  if (write.is_default) return std::nullopt;
  fail(ErrorKind::Unsupported, "this kernel has no '" + path + "'", write.origin);
}

std::optional<sys::SystemError> try_write(const std::string& path, const std::string& value) {
  const auto file = sys::open_if_exists(path, O_WRONLY);
  if (!file) fail(ErrorKind::State, "'" + path + "' was removed meanwhile");
  return sys::try_write_value(*file, value, path);
}

bool is_limit(const std::string& value, std::uint64_t& number) {
  number = UINT64_MAX;
  return value == "max" || text::read_number(value, number);
}

/// Whether a file that still shows the value before may have taken the new one: the kernel rounds
/// bytes down to pages.
bool may_be_rounded(const FileChange& change) {
  std::uint64_t asked = 0, before = 0;
  if (!is_limit(change.value, asked) || !is_limit(change.before, before)) return true;
  if (name_of(change.path).starts_with("hugetlb.")) return true;
  constexpr std::uint64_t kSmallestPage = 4096, kLargestPage = 65536;
  const bool are_pages = before != 0 && before % kSmallestPage == 0;
  return are_pages && asked >= before && asked - before < kLargestPage;
}

/// Some files take a value without an error and do nothing with it.
void check_taken(const FileChange& change) {
  if (may_be_rounded(change)) return;
  const std::string now =
      value_before(name_of(change.path), sys::read_file(change.path), change.value);
  if (now != change.before || now == change.value) return;
  fail(ErrorKind::Unsupported,
       "the kernel accepts '" + change.value + "' for '" + change.path + "', but keeps '" + now +
           "'",
       change.origin);
}

/// Writes each value that the kernel takes at the moment, and moves it to `made`. Returns the first
/// refusal, and leaves what was refused in `left`.
std::optional<sys::SystemError> write_possible(std::vector<FileChange>& left,
                                               std::vector<FileChange>& made) {
  std::optional<sys::SystemError> first;
  std::vector<FileChange> refused;
  for (FileChange& change : left) {
    auto refusal = try_write(change.path, change.value);
    if (refusal && !first) first = refusal;
    (refusal ? refused : made).push_back(std::move(change));
  }
  left = std::move(refused);
  return first;
}

/// Restores each value that the kernel takes at the moment; leaves the others in `left`.
void restore_possible(std::vector<FileChange>& left) {
  std::vector<FileChange> refused;
  for (auto change = left.rbegin(); change != left.rend(); ++change) {
    const bool is_refused =
        change->undo_path.empty() || try_write(change->undo_path, change->undo_value);
    if (is_refused) refused.insert(refused.begin(), *change);
  }
  left = std::move(refused);
}

std::string failure_of(const FileChange& change) {
  if (change.undo_path.empty()) {
    return "'" + change.path + "' took '" + change.value + "', which cannot be taken back";
  }
  return "'" + change.undo_path + "' does not take '" + change.undo_value + "' back";
}

bool concerns(const std::vector<FileChange>& changes, const std::string& path) {
  return std::ranges::find(changes, path, &FileChange::path) != changes.end();
}

}  // namespace

std::vector<FileChange> read_changes(const std::vector<plan::CgroupDirectory>& directories,
                                     const std::vector<CgroupWrite>& writes) {
  std::vector<FileChange> changes;
  for (const CgroupWrite& write : writes) {
    auto change = find_change(directory_of(directories, write), write);
    if (!change) continue;
    const bool has_value = change->before == change->value && !concerns(changes, change->path);
    if (!has_value) changes.push_back(std::move(*change));
  }
  return changes;
}

FileChange read_change(const std::string& path, const std::string& value,
                       const std::string& origin) {
  return change_of(path, value, sys::read_file(path), origin);
}

void Changes::make() {
  std::vector<FileChange> left = changes_;
  while (!left.empty()) {
    const std::size_t count = left.size();
    const auto refusal = write_possible(left, made_);
    if (left.size() < count) continue;
    const FileChange& first = left.front();
    fail(refusal->kind(), refusal->message(), first.origin, cpuset_hint(first.path));
  }
  for (auto change = changes_.begin(); change != changes_.end(); ++change) {
    const bool is_last = std::find_if(change + 1, changes_.end(), [&](const FileChange& later) {
                           return later.path == change->path;
                         }) == changes_.end();
    if (is_last) check_taken(*change);
  }
}

void Changes::undo() noexcept {
  try {
    for (std::size_t count = made_.size() + 1; made_.size() < count;) {
      count = made_.size();
      if (count != 0) restore_possible(made_);
    }
    for (const FileChange& change : made_) failures_.push_back(failure_of(change));
  } catch (const std::exception& error) {
    failures_.emplace_back(error.what());
  }
}

}  // namespace berth::cgroup
