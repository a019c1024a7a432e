#include "runtime/host/mountinfo.h"

#include <linux/magic.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/linux/files/file.h"
#include "runtime/linux/namespaces/mount_list.h"
#include "spec/text.h"

namespace berth::plan {

namespace {

/// The line is `id parent major:minor root mountpoint options [tag...] - type source
/// super-options`, where the source can be empty.
std::optional<MountLine> parse_mount(std::string_view line) {
  MountLine mount;
  std::size_t index = 0, dash = 0;
  bool has_numbers = true;
  text::for_each_word(line, ' ', [&](std::string_view word) {
    if (dash == 0 && index >= 6 && word == "-") dash = index;
    if (index == 0) has_numbers = text::read_number(word, mount.id);
    if (index == 1) has_numbers = text::read_number(word, mount.parent) && has_numbers;
    if (index == 3) mount.root = word;
    if (index == 4) mount.mountpoint = word;
    if (dash != 0 && index == dash + 1) mount.type = word;
    mount.super_options = word;
    ++index;
  });
  if (!has_numbers || dash == 0 || index < dash + 3) return std::nullopt;
  return mount;
}

bool is_view_of_kernel(const MountLine& mount) {
  return (mount.type == "proc" || mount.type == "sysfs") && mount.root == "/";
}

/// Whether `mount` is `top`, the highest mount at its place, or becomes the highest by unmounting
/// those above it.
bool is_reached(const MountLine& mount, const std::vector<MountLine>& lines, std::uint64_t top) {
  // The depth is limited, so that a text with a circle ends, too.
  for (std::size_t left = lines.size(); left > 0 && top != mount.id; --left) {
    const auto upper = std::find_if(lines.begin(), lines.end(),
                                    [&](const MountLine& line) { return line.id == top; });
    if (upper == lines.end() || upper->mountpoint != mount.mountpoint) return false;
    top = upper->parent;
  }
  return top == mount.id;
}

}  // namespace

std::string unescaped(std::string_view text) {
  const auto is_octal = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '7';
  };
  const std::size_t first = std::min(text.find('\\'), text.size());
  std::string plain(text.substr(0, first));
  for (std::size_t i = first; i < text.size(); ++i) {
    if (text[i] == '\\' && is_octal(i + 1) && is_octal(i + 2) && is_octal(i + 3)) {
      plain += static_cast<char>(((text[i + 1] - '0') << 6) + ((text[i + 2] - '0') << 3) +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<MountLine> parse_mountinfo(std::string_view mountinfo) {
  std::vector<MountLine> lines;
  text::for_each_word(mountinfo, '\n', [&](std::string_view line) {
    if (const auto mount = parse_mount(line)) lines.push_back(*mount);
  });
  return lines;
}

std::vector<MountLine> parse_mounts_of(std::string_view type, std::string_view mountinfo) {
  // A line has few dashes, so most of the text is skipped by memchr(3).
  const std::string separator = "- " + std::string(type);
  std::vector<MountLine> lines;
  for (std::size_t at = mountinfo.find(separator); at != std::string_view::npos;
       at = mountinfo.find(separator, at)) {
    const std::size_t begin = mountinfo.rfind('\n', at) + 1;  // npos + 1: the first line
    at = std::min(mountinfo.find('\n', at), mountinfo.size());
    const auto mount = parse_mount(mountinfo.substr(begin, at - begin));
    if (mount && mount->type.starts_with(type)) lines.push_back(*mount);
  }
  return lines;
}

std::string read_mountinfo() {
  // On a host with thousands of mounts the file has megabytes.
  constexpr std::size_t kLimit = 64u << 20;
  return sys::read_file("/proc/self/mountinfo", kLimit);
}

std::string read_cgroup_mounts(Where where) {
  constexpr std::uint64_t kTypes[] = {CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                      RDTGROUP_SUPER_MAGIC};
  auto lines = sys::list_mounts(kTypes, where == Where::BelowSys ? "/sys" : nullptr);
  return lines ? std::move(*lines) : read_mountinfo();
}

KernelMounts find_kernel_mounts(std::string_view mountinfo, const MountIdAt& mount_id_at) {
  const std::vector<MountLine> lines = parse_mountinfo(mountinfo);
  KernelMounts found;
  for (auto mount = lines.rbegin(); mount != lines.rend(); ++mount) {
    const std::string path = unescaped(mount->mountpoint);
    const bool is_named =
        std::find(found.paths.begin(), found.paths.end(), path) != found.paths.end();
    if (!is_view_of_kernel(*mount) || is_named) continue;
    if (!is_reached(*mount, lines, mount_id_at(path))) found.unreachable = path;
    // Everything that is mounted at this place has to be unmounted, from the top down.
    for (const MountLine& other : lines) {
      if (other.mountpoint == mount->mountpoint) found.paths.push_back(path);
    }
  }
  return found;
}

}  // namespace berth::plan
