// The kernel's files of numbers in a container's cgroups, whichever hierarchy has them. Their names
// begin with their controller, so no two hierarchies have the same one, but for cpu.stat.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/store/container_cgroup.h"

namespace berth::cgroup {

/// What `max` means in a file of v2.
inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

class StatFiles {
 public:
  /// Opens the directories; some may be missing by now.
  explicit StatFiles(const std::vector<store::ContainerCgroup>& places);

  /// Nothing if no cgroup has the file, or the kernel does not let it be read.
  std::optional<std::string> text(const std::string& file) const;
  /// The file's one number.
  std::optional<std::uint64_t> number(const std::string& file) const;
  /// The numbers of a file with a word and a number on each line, of every hierarchy that has it.
  std::map<std::string, std::uint64_t> table(const std::string& file) const;

 private:
  std::vector<sys::Dir> cgroups_;
};

/// Reads a list of ranges, `0-3,8`. cpuset(7), "List format"
std::vector<std::uint64_t> parse_ranges(std::string_view list);

}  // namespace berth::cgroup
