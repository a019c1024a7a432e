#include "runtime/cgroup/oom.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

/// Finds the line `oom_kill N`.
std::uint64_t read_count(std::string_view text) {
  constexpr std::string_view kWord = "oom_kill ";
  std::uint64_t count = 0;
  text::for_each_word(text, '\n', [&](std::string_view line) {
    if (line.starts_with(kWord)) {
      (void)std::from_chars(line.data() + kWord.size(), line.data() + line.size(), count);
    }
  });
  return count;
}

}  // namespace

std::uint64_t count_memory_kills(const std::vector<store::ContainerCgroup>& places) {
  std::uint64_t count = 0;
  for (const store::ContainerCgroup& place : places) {
    if (place.topmost.empty()) continue;
    for (const char* file : {"/memory.events", "/memory.oom_control"}) {
      count += read_count(sys::read_file_if_exists(place.directory + file).value_or(""));
    }
  }
  return count;
}

}  // namespace berth::cgroup
