#include "runtime/host/mountinfo.h"

#include <charconv>

#include "runtime/linux/file.h"
#include "runtime/linux/path_text.h"

namespace berth::plan {

namespace {

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// id parent major:minor root mountpoint options [tag...] - type source super-options; the source
/// can be empty.
std::optional<MountLine> parse_mount(std::string_view line) {
  MountLine mount;
  std::size_t index = 0, dash = 0;
  bool has_numbers = true;
  split(line, ' ', [&](std::string_view word) {
    if (dash == 0 && index >= 6 && word == "-") dash = index;
    if (index == 0) has_numbers = read_number(word, mount.id);
    if (index == 1) has_numbers = read_number(word, mount.parent) && has_numbers;
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

}  // namespace

std::string unescaped(std::string_view text) {
  const auto is_octal = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '7';
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
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

Mounts::Mounts(std::string_view mountinfo) {
  split(mountinfo, '\n', [&](std::string_view line) {
    if (const auto mount = parse_mount(line)) lines_.push_back(*mount);
  });
  is_buried_.resize(lines_.size());
}

/// Asked of each, and mostly it is the same few that lie above.
bool Mounts::is_buried(const MountLine& mount, std::size_t depth) {
  auto& known = is_buried_[static_cast<std::size_t>(&mount - lines_.data())];
  if (known) return *known;
  // As many steps as there are mounts: also a text that leads in circles comes to an end.
  if (depth > lines_.size()) return false;
  const MountLine* parent = parent_of(mount);
  const bool result =
      is_shadowed(mount) ||
      (parent != nullptr && (is_covered(*parent, &mount) || is_buried(*parent, depth + 1)));
  known = result;
  return result;
}

const MountLine* Mounts::parent_of(const MountLine& mount) const {
  const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const MountLine& other) {
    return other.id == mount.parent && &other != &mount;
  });
  return found == lines_.end() ? nullptr : &*found;
}

bool Mounts::is_covered(const MountLine& lower, const MountLine* by_other_than) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const MountLine& upper) {
    return &upper != by_other_than && &upper != &lower && upper.parent == lower.id &&
           upper.mountpoint == lower.mountpoint;
  });
}

bool Mounts::is_shadowed(const MountLine& lower) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const MountLine& upper) {
    return upper.parent == lower.parent && sys::is_below(lower.mountpoint, upper.mountpoint);
  });
}

std::string read_mountinfo() {
  // A host with thousands of mounts has megabytes of it.
  constexpr std::size_t kLimit = 64u << 20;
  return sys::read_file("/proc/self/mountinfo", kLimit);
}

KernelMounts find_kernel_mounts(std::string_view mountinfo) {
  Mounts mounts(mountinfo);
  KernelMounts found;
  for (auto mount = mounts.lines().rbegin(); mount != mounts.lines().rend(); ++mount) {
    const std::string path = unescaped(mount->mountpoint);
    const bool is_named =
        std::find(found.paths.begin(), found.paths.end(), path) != found.paths.end();
    if (!is_view_of_kernel(*mount) || is_named) continue;
    if (mounts.is_buried(*mount)) found.buried = path;
    // Whatever is mounted at this place: from the top down.
    for (const MountLine& other : mounts.lines()) {
      if (other.mountpoint == mount->mountpoint) found.paths.push_back(path);
    }
  }
  return found;
}

}  // namespace berth::plan
