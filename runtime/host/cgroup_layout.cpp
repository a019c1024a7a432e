#include "runtime/host/cgroup_layout.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/linux/files/file.h"
#include "runtime/linux/namespaces/mount_id.h"
#include "spec/text.h"

namespace berth::plan {

namespace {

bool has_word(std::string_view text, std::string_view wanted) {
  while (!text.empty()) {
    if (text::take(text, ',') == wanted) return true;
  }
  return false;
}

bool is_mount_of(const MountLine& mount, const CgroupHierarchy& hierarchy) {
  if (hierarchy.unified) return mount.type == "cgroup2";
  if (mount.type != "cgroup") return false;
  bool has_all = !hierarchy.name.empty();
  text::for_each_word(hierarchy.name, ',', [&](std::string_view word) {
    has_all = has_all && has_word(mount.super_options, word);
  });
  return has_all;
}

/// A path relative to the root of berth's cgroup namespace: first up, then down.
struct NamespacePath {
  std::size_t ups = 0;
  std::string_view rest;  ///< empty, or begins with a slash
};

NamespacePath parse_namespace_path(std::string_view path) {
  NamespacePath parsed{.rest = path == "/" ? std::string_view() : path};
  while (parsed.rest.starts_with("/..") && (parsed.rest.size() == 3 || parsed.rest[3] == '/')) {
    parsed.rest.remove_prefix(3);
    ++parsed.ups;
  }
  return parsed;
}

/// The path of `own_path` in a mount that shows the hierarchy from `root` down, if it shows it.
std::optional<std::string_view> place_below(std::string_view root, std::string_view own_path) {
  const NamespacePath top = parse_namespace_path(root), own = parse_namespace_path(own_path);
  const std::string_view rest = own.rest.substr(0, top.rest.size());
  const std::string_view place = own.rest.substr(rest.size());
  if (top.ups != own.ups || rest != top.rest) return std::nullopt;
  if (!place.empty() && place[0] != '/') return std::nullopt;
  return place;
}

/// How many directories above `root`, the root of a mount, berth's own cgroup is.
std::size_t levels_above(std::string_view root, std::string_view own_path) {
  const NamespacePath top = parse_namespace_path(root), own = parse_namespace_path(own_path);
  return top.rest.empty() && top.ups > own.ups ? top.ups - own.ups : 0;
}

/// Ranks a mount by how it shows berth's own cgroup: 0 not at all, 1 without its name, 2 with it.
int rank_of(const MountLine& mount, const CgroupHierarchy& hierarchy) {
  const std::string root = unescaped(mount.root);
  if (place_below(root, hierarchy.own_path)) return 2;
  return levels_above(root, hierarchy.own_path) > 0 ? 1 : 0;
}

const MountLine* choose(const std::vector<MountLine>& mounts, const MountIdAt& mount_id_at,
                        const CgroupHierarchy& hierarchy) {
  const MountLine* best = nullptr;
  int best_rank = -1;
  for (const MountLine& mount : mounts) {
    if (!is_mount_of(mount, hierarchy)) continue;
    if (mount_id_at(unescaped(mount.mountpoint)) != mount.id) continue;
    const int rank = rank_of(mount, hierarchy);
    if (rank > best_rank) best = &mount;
    best_rank = std::max(rank, best_rank);
    if (rank == 2) break;
  }
  return best;
}

/// The line is ID:CONTROLLERS:PATH; the v2 hierarchy has the id 0 and no controllers.
std::optional<CgroupHierarchy> parse_own(const std::string& line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos) return std::nullopt;
  CgroupHierarchy hierarchy;
  hierarchy.name = line.substr(first + 1, second - first - 1);
  hierarchy.own_path = line.substr(second + 1);
  hierarchy.unified = hierarchy.name.empty();
  if (hierarchy.name.compare(0, 5, "name=") != 0)
    hierarchy.controllers = text::words<std::string>(hierarchy.name, ',');
  return hierarchy;
}

CgroupLayout::Mode mode_of(const std::vector<CgroupHierarchy>& hierarchies) {
  const auto unified = std::count_if(hierarchies.begin(), hierarchies.end(),
                                     [](const CgroupHierarchy& one) { return one.unified; });
  if (hierarchies.empty()) return CgroupLayout::Mode::None;
  if (unified == 0) return CgroupLayout::Mode::V1;
  return hierarchies.size() == 1 ? CgroupLayout::Mode::V2 : CgroupLayout::Mode::Hybrid;
}

/// Whether there is a mount of each hierarchy that shows berth's own cgroup. Which one of several
/// does not matter, as long as all verbs choose the same.
bool is_complete(const CgroupLayout& layout, std::string_view own_cgroups) {
  const auto lines = std::count(own_cgroups.begin(), own_cgroups.end(), '\n');
  return std::cmp_equal(lines, layout.hierarchies.size()) &&
         std::all_of(layout.hierarchies.begin(), layout.hierarchies.end(),
                     [](const CgroupHierarchy& one) { return one.own_place().has_value(); });
}

CgroupLayout layout_in(const std::string& own_cgroups, Where where) {
  return parse_cgroup_layout(read_cgroup_mounts(where), own_cgroups, sys::mount_id_of);
}

}  // namespace

bool CgroupHierarchy::has(const std::string& controller) const {
  return std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
}

std::string CgroupHierarchy::path_of(const std::string& place) const {
  return (mountpoint == "/" ? "" : mountpoint) + place;
}

std::optional<std::string> CgroupHierarchy::own_place() const {
  if (found_place) return found_place;
  const auto place = place_below(root, own_path);
  return place ? std::optional<std::string>(*place) : std::nullopt;
}

std::size_t CgroupHierarchy::hidden_levels() const { return levels_above(root, own_path); }

const CgroupHierarchy* CgroupLayout::find(const std::string& controller) const {
  // The kernel offers each controller in one hierarchy only, so the order does not matter.
  const auto found = std::find_if(hierarchies.begin(), hierarchies.end(),
                                  [&](const auto& one) { return one.has(controller); });
  return found == hierarchies.end() ? nullptr : &*found;
}

const CgroupHierarchy* CgroupLayout::unified() const {
  const auto found = std::find_if(hierarchies.begin(), hierarchies.end(),
                                  [](const auto& one) { return one.unified; });
  return found == hierarchies.end() ? nullptr : &*found;
}

CgroupLayout parse_cgroup_layout(const std::string& mountinfo, const std::string& own_cgroups,
                                 const MountIdAt& mount_id_at) {
  CgroupLayout layout;
  for (const MountLine& mount : parse_mounts_of("resctrl", mountinfo)) {
    if (mount.root == "/" && layout.resctrl.empty()) layout.resctrl = unescaped(mount.mountpoint);
  }
  const std::vector<MountLine> of_cgroups = parse_mounts_of("cgroup", mountinfo);
  text::for_each_word(own_cgroups, '\n', [&](std::string_view line) {
    auto hierarchy = parse_own(std::string(line));
    const MountLine* mount = hierarchy ? choose(of_cgroups, mount_id_at, *hierarchy) : nullptr;
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
  return text::words<std::string>(offered, ' ');
}

CgroupLayout find_cgroup_layout(const std::string& own_cgroups) {
  CgroupLayout layout = layout_in(own_cgroups, Where::BelowSys);
  return is_complete(layout, own_cgroups) ? layout : layout_in(own_cgroups, Where::Anywhere);
}

CgroupLayout read_cgroup_layout(bool has_rdt) {
  const std::string own_cgroups = sys::read_file("/proc/self/cgroup");
  CgroupLayout layout = find_cgroup_layout(own_cgroups);
  if (has_rdt && layout.resctrl.empty())
    layout.resctrl = layout_in(own_cgroups, Where::Anywhere).resctrl;
  for (CgroupHierarchy& hierarchy : layout.hierarchies) {
    if (!hierarchy.unified) continue;
    hierarchy.controllers = read_controllers(hierarchy.mountpoint);
  }
  return layout;
}

}  // namespace berth::plan
