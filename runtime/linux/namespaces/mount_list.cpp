#include "runtime/linux/namespaces/mount_list.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/linux/namespaces/statmount.h"

namespace berth::sys {

namespace {

/// As the kernel writes a path in mountinfo.
void append_escaped(std::string& line, std::string_view path) {
  for (const char c : path) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\\') {
      (line += c == ' ' ? "\\040" : c == '\t' ? "\\011" : c == '\n' ? "\\012" : "\\134");
    } else {
      line += c;
    }
  }
}

/// Appends the line of a mount, unless no path leads to it. Returns false if the kernel did not
/// fill in all of it, as older ones do not.
bool append_line(std::string& lines, std::uint64_t unique_id, MountAnswer& mount) {
  constexpr std::uint64_t kNeeded = Asked::kMount | Asked::kRoot | Asked::kType;
  if (!ask(unique_id, kNeeded | Asked::kMountpoint | Asked::kOptions, mount)) return false;
  if (!mount.has(kNeeded)) return false;
  const std::string_view options = mount.has(Asked::kOptions) ? mount.text(mount.options) : "";
  if (mount.text(mount.type) == "cgroup" && options.empty()) return false;  // its controllers
  if (!mount.has(Asked::kMountpoint) || mount.text(mount.mountpoint).empty()) return true;
  lines += std::to_string(mount.id) + " 0 0:0 ";
  append_escaped(lines, mount.text(mount.root));
  lines += ' ';
  append_escaped(lines, mount.text(mount.mountpoint));
  (lines += " - - ") += mount.text(mount.type);
  (lines += " none rw,") += options;
  lines += '\n';
  return true;
}

}  // namespace

std::optional<std::string> list_mounts(std::span<const std::uint64_t> magic_numbers,
                                       const char* top) {
  std::string lines;
  const std::uint64_t above = top == nullptr ? kTopmost : mount_of(AT_FDCWD, top, 0).id;
  const bool has_answer =
      for_each_mount(above, Asked::kFilesystem, [&](std::uint64_t id, MountAnswer& mount) {
        const bool is_wanted = std::ranges::find(magic_numbers, mount.magic) != magic_numbers.end();
        return !is_wanted || append_line(lines, id, mount);
      });
  return has_answer ? std::optional(std::move(lines)) : std::nullopt;
}

}  // namespace berth::sys
