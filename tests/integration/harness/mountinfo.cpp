#include "tests/integration/harness/mountinfo.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/integration/harness/files.h"

namespace berth::test {

namespace {

bool has_word(const std::string& options, const std::string& word) {
  return contains("," + options + ",", "," + word + ",");
}

MountEntry parse(const std::string& line) {
  const std::vector<std::string> words = words_of(line);
  MountEntry entry{.root = words.at(3), .mountpoint = words.at(4), .options = words.at(5)};
  std::size_t i = 6;
  for (; words.at(i) != "-"; ++i) {
    entry.propagation += (entry.propagation.empty() ? "" : " ") + words[i];
  }
  entry.type = words.at(i + 1);
  entry.source = words.at(i + 2);
  entry.super_options = words.size() > i + 3 ? words[i + 3] : "";
  return entry;
}

}  // namespace

bool MountEntry::has(const std::string& word) const { return has_word(options, word); }
bool MountEntry::super_has(const std::string& word) const { return has_word(super_options, word); }

std::vector<MountEntry> mounts_of(pid_t pid) {
  const std::string process = pid == 0 ? "self" : std::to_string(pid);
  std::vector<MountEntry> entries;
  for (const std::string& line : lines_of(read_file("/proc/" + process + "/mountinfo"))) {
    entries.push_back(parse(line));
  }
  return entries;
}

namespace {

std::vector<MountEntry> mounts_at(pid_t pid, const std::string& mountpoint) {
  std::vector<MountEntry> entries = mounts_of(pid);
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [&](const MountEntry& e) { return e.mountpoint != mountpoint; }),
                entries.end());
  return entries;
}

}  // namespace

MountEntry mount_at(pid_t pid, const std::string& mountpoint) {
  const std::vector<MountEntry> entries = mounts_at(pid, mountpoint);
  INFO("nothing is mounted at " << mountpoint);
  REQUIRE_FALSE(entries.empty());
  return entries.back();
}

bool is_mounted(pid_t pid, const std::string& mountpoint) {
  return !mounts_at(pid, mountpoint).empty();
}

}  // namespace berth::test
