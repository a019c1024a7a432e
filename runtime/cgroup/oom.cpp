#include "runtime/cgroup/oom.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "runtime/linux/file.h"

namespace berth::cgroup {

namespace {

/// `oom_kill 3` on a line of its own.
std::uint64_t read_count(std::string_view text) {
  constexpr std::string_view kWord = "oom_kill ";
  std::uint64_t count = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (line.starts_with(kWord)) {
      (void)std::from_chars(line.data() + kWord.size(), line.data() + line.size(), count);
    }
    start = end + 1;
  }
  return count;
}

}  // namespace

std::uint64_t count_memory_kills(const std::vector<Footprint>& footprints) {
  std::uint64_t count = 0;
  for (const Footprint& footprint : footprints) {
    if (footprint.topmost.empty()) continue;
    for (const char* file : {"/memory.events", "/memory.oom_control"}) {
      count += read_count(sys::read_file_if_exists(footprint.directory + file).value_or(""));
    }
  }
  return count;
}

}  // namespace berth::cgroup
