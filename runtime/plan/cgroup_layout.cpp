#include "runtime/plan/cgroup_layout.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/linux/file.h"
#include "runtime/plan/container_path.h"

namespace berth::plan {

namespace {

/// As the kernel wrote it: paths with their escapes, which compare like the paths.
struct MountLine {
  std::uint64_t id = 0, parent = 0;
  std::string_view root, mountpoint, type, super_options;
};

bool is_of_cgroups(const MountLine& mount) {
  return mount.type == "cgroup" || mount.type == "cgroup2";
}

/// Space, tab, newline and backslash are written as \ooo in mountinfo.
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

/// Calls `take` with each part that is not empty.
template <class Take>
void split(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    // Not find(): for words this short memchr(3) takes longer than a loop.
    const auto size =
        static_cast<std::size_t>(std::find(text.begin(), text.end(), separator) - text.begin());
    if (size > 0) take(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words;
  split(text, separator, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

bool has_word(std::string_view text, std::string_view wanted) {
  bool found = false;
  split(text, ',', [&](std::string_view word) { found = found || word == wanted; });
  return found;
}

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

/// The mounts of a namespace, and which of them are out of reach: where another lies on it, or on a
/// directory above it in the same parent.
class Mounts {
 public:
  explicit Mounts(std::vector<MountLine> lines) : lines_(std::move(lines)) {
    is_buried_.resize(lines_.size());
    for (const MountLine& mount : lines_) {
      if (is_of_cgroups(mount)) of_cgroups_.push_back(&mount);
    }
  }

  const std::vector<const MountLine*>& of_cgroups() const { return of_cgroups_; }

  bool is_hidden(const MountLine& mount) {
    return is_covered(mount, nullptr) || is_buried(mount, 0);
  }

 private:
  /// By what is beside it or above. Asked of each, and mostly it is the same few that lie above.
  bool is_buried(const MountLine& mount, std::size_t depth) {
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

  const MountLine* parent_of(const MountLine& mount) const {
    const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const MountLine& other) {
      return other.id == mount.parent && &other != &mount;
    });
    return found == lines_.end() ? nullptr : &*found;
  }

  bool is_covered(const MountLine& lower, const MountLine* by_other_than) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const MountLine& upper) {
      return &upper != by_other_than && &upper != &lower && upper.parent == lower.id &&
             upper.mountpoint == lower.mountpoint;
    });
  }

  bool is_shadowed(const MountLine& lower) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const MountLine& upper) {
      return upper.parent == lower.parent && is_below(lower.mountpoint, upper.mountpoint);
    });
  }

  std::vector<MountLine> lines_;
  std::vector<const MountLine*> of_cgroups_;
  std::vector<std::optional<bool>> is_buried_;  ///< as far as it is known
};

bool is_mount_of(const MountLine& mount, const CgroupHierarchy& hierarchy) {
  if (hierarchy.unified) return mount.type == "cgroup2";
  if (mount.type != "cgroup") return false;
  bool has_all = !hierarchy.name.empty();
  split(hierarchy.name, ',',
        [&](std::string_view word) { has_all = has_all && has_word(mount.super_options, word); });
  return has_all;
}

/// A root with `..` is a cgroup outside our cgroup namespace: its names are not ours.
bool is_foreign(const MountLine& mount) { return mount.root.compare(0, 3, "/..") == 0; }

bool shows(const MountLine& mount, const std::string& own_path) {
  const std::string root = unescaped(mount.root);
  return root == own_path || is_below(own_path, root) || root == "/";
}

/// The first that shows our own cgroup, or else the first at all.
const MountLine* choose(Mounts& mounts, const CgroupHierarchy& hierarchy) {
  const MountLine* second_best = nullptr;
  for (const MountLine* mount : mounts.of_cgroups()) {
    if (!is_mount_of(*mount, hierarchy) || is_foreign(*mount) || mounts.is_hidden(*mount)) continue;
    if (shows(*mount, hierarchy.own_path)) return mount;
    if (second_best == nullptr) second_best = mount;
  }
  return second_best;
}

/// ID:CONTROLLERS:PATH; the v2 hierarchy has the id 0 and no controllers.
std::optional<CgroupHierarchy> parse_own(const std::string& line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos) return std::nullopt;
  CgroupHierarchy hierarchy;
  hierarchy.name = line.substr(first + 1, second - first - 1);
  hierarchy.own_path = line.substr(second + 1);
  hierarchy.unified = hierarchy.name.empty();
  if (hierarchy.name.compare(0, 5, "name=") != 0)
    hierarchy.controllers = words_of(hierarchy.name, ',');
  return hierarchy;
}

CgroupLayout::Mode mode_of(const std::vector<CgroupHierarchy>& hierarchies) {
  const auto unified = std::count_if(hierarchies.begin(), hierarchies.end(),
                                     [](const CgroupHierarchy& one) { return one.unified; });
  if (hierarchies.empty()) return CgroupLayout::Mode::None;
  if (unified == 0) return CgroupLayout::Mode::V1;
  return hierarchies.size() == 1 ? CgroupLayout::Mode::V2 : CgroupLayout::Mode::Hybrid;
}

}  // namespace

bool CgroupHierarchy::has(const std::string& controller) const {
  return std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
}

std::string CgroupHierarchy::path_of(const std::string& place) const {
  return (mountpoint == "/" ? "" : mountpoint) + place;
}

std::optional<std::string> CgroupHierarchy::own_place() const {
  if (own_path == root) return "";
  if (own_path.starts_with("/..") || !is_below(own_path, root)) return std::nullopt;
  return root == "/" ? own_path : own_path.substr(root.size());
}

const CgroupHierarchy* CgroupLayout::find(const std::string& controller) const {
  // The kernel offers a controller in one hierarchy only: the order does not matter.
  const auto found = std::find_if(hierarchies.begin(), hierarchies.end(),
                                  [&](const auto& one) { return one.has(controller); });
  return found == hierarchies.end() ? nullptr : &*found;
}

const CgroupHierarchy* CgroupLayout::unified() const {
  const auto found = std::find_if(hierarchies.begin(), hierarchies.end(),
                                  [](const auto& one) { return one.unified; });
  return found == hierarchies.end() ? nullptr : &*found;
}

CgroupLayout parse_cgroup_layout(const std::string& mountinfo, const std::string& own_cgroups) {
  std::vector<MountLine> lines;
  split(mountinfo, '\n', [&](std::string_view line) {
    if (const auto mount = parse_mount(line)) lines.push_back(*mount);
  });
  CgroupLayout layout;
  const auto resctrl = std::find_if(lines.begin(), lines.end(), [](const MountLine& mount) {
    return mount.type == "resctrl" && mount.root == "/";
  });
  if (resctrl != lines.end()) layout.resctrl = unescaped(resctrl->mountpoint);
  Mounts mounts(std::move(lines));
  split(own_cgroups, '\n', [&](std::string_view line) {
    auto hierarchy = parse_own(std::string(line));
    const MountLine* mount = hierarchy ? choose(mounts, *hierarchy) : nullptr;
    if (mount == nullptr) return;
    hierarchy->mountpoint = unescaped(mount->mountpoint);
    hierarchy->root = unescaped(mount->root);
    layout.hierarchies.push_back(std::move(*hierarchy));
  });
  layout.mode = mode_of(layout.hierarchies);
  return layout;
}

std::vector<std::string> read_controllers(const std::string& path) {
  std::string offered = sys::read_file_if_exists(path + "/cgroup.controllers").value_or("");
  std::replace(offered.begin(), offered.end(), '\n', ' ');
  return words_of(offered, ' ');
}

CgroupLayout read_cgroup_layout() {
  // A host with thousands of mounts has megabytes of mountinfo.
  constexpr std::size_t kLimit = 64u << 20;
  CgroupLayout layout = parse_cgroup_layout(sys::read_file("/proc/self/mountinfo", kLimit),
                                            sys::read_file("/proc/self/cgroup"));
  for (CgroupHierarchy& hierarchy : layout.hierarchies) {
    if (!hierarchy.unified) continue;
    hierarchy.controllers = read_controllers(hierarchy.mountpoint);
  }
  const CgroupHierarchy* memory = layout.find("memory");
  if (memory != nullptr && !memory->unified) {
    layout.limits_swap =
        sys::inode_if_exists(memory->mountpoint + "/memory.memsw.limit_in_bytes").has_value();
  }
  return layout;
}

}  // namespace berth::plan
