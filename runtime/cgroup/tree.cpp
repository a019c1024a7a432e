#include "runtime/cgroup/tree.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "runtime/cgroup/cpuset_hint.h"
#include "runtime/cgroup/freeze.h"
#include "runtime/cgroup/level.h"
#include "runtime/linux/cgroup/bpf.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/cgroup/delegation.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

constexpr char kOrigin[] = "/linux/cgroupsPath";
constexpr char kDevices[] = "devices";
constexpr char kFreezer[] = "freezer";
constexpr char kCpuset[] = "cpuset";

/// The names of the directories from the mount down to the container's.
std::vector<std::string> names_of(const plan::CgroupDirectory& directory) {
  const std::string& top = directory.hierarchy.mountpoint;
  const std::string_view path = directory.path;
  return text::words<std::string>(path.substr(top == "/" ? 0 : top.size()), '/');
}

/// A process that enters a frozen cgroup stops there, and berth would wait for it forever.
void check_not_frozen(const plan::CgroupHierarchy& hierarchy, const sys::Dir& cgroup) {
  if ((hierarchy.unified || hierarchy.has(kFreezer)) && is_frozen(cgroup)) {
    fail(ErrorKind::State, "cgroup '" + cgroup.name + "' is frozen", kOrigin);
  }
}

void check_free(const sys::Dir& cgroup) {
  if (is_populated(cgroup)) {
    fail(ErrorKind::State, "cgroup '" + cgroup.name + "' has processes already", kOrigin,
         "give each container a cgroup of its own");
  }
}

/// Whether nothing has to be done in the directories above the container's.
bool has_no_levels(const plan::CgroupDirectory& directory) {
  return directory.hierarchy.unified ? directory.enable.empty() && directory.offer.empty()
                                     : !directory.hierarchy.has(kCpuset);
}

}  // namespace

CgroupTree::CgroupTree(const plan::CgroupPlan& plan) : plan_(plan) {
  nodes_.reserve(plan.directories.size());
  for (const plan::CgroupDirectory& directory : plan.directories) {
    nodes_.push_back(Node{.plan = directory,
                          .names = names_of(directory),
                          .place = {.directory = directory.path,
                                    .topmost = {},
                                    .is_unified = directory.hierarchy.unified}});
  }
}

void CgroupTree::look() {
  for (Node& node : nodes_) {
    node.top = sys::open_dir(node.plan.hierarchy.mountpoint);
    if (!node.plan.is_inherited) look(node);
  }
}

/// Finds the first missing directory, and checks that the existing ones can be used.
void CgroupTree::look(Node& node) {
  for (const std::string& name : node.names) {
    const sys::Dir& parent = node.deepest.fd ? node.deepest : node.top;
    auto next = sys::open_dir_at_if_exists(parent, name);
    if (!next) {
      node.place.topmost = parent.path_of(name);
      break;
    }
    node.deepest = std::move(*next);
    node.depth++;
  }
  if (!node.deepest.fd) return;
  check_not_frozen(node.plan.hierarchy, node.deepest);
  if (node.place.topmost.empty()) check_free(node.deepest);
}

std::vector<store::ContainerCgroup> CgroupTree::places() const {
  std::vector<store::ContainerCgroup> all;
  for (const Node& node : nodes_) {
    if (!node.plan.is_inherited) all.push_back(node.place);
  }
  return all;
}

std::optional<store::ContainerCgroup> CgroupTree::find_made(const std::string& directory) const {
  const auto node = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& one) {
    return one.leaf.fd && one.place.directory == directory;
  });
  return node == nodes_.end() ? std::nullopt : std::optional(node->place);
}

std::vector<store::ContainerCgroup> CgroupTree::made() const {
  std::vector<store::ContainerCgroup> all;
  for (const Node& node : nodes_) {
    if (!node.made.empty()) {
      all.push_back({.directory = node.made.back(),
                     .topmost = node.made.front(),
                     .inode = node.place.inode,
                     .is_unified = node.place.is_unified});
    }
  }
  return all;
}

void CgroupTree::make(std::size_t number) {
  // Another berth may remove a parent that seems empty between two steps; then this starts again
  // from the top. It cannot repeat forever, because each time another delete has ended.
  constexpr int kAttempts = 100;
  Node& node = nodes_.at(number);
  int attempts = 0;
  while (!descend(node, attempts > 0)) {
    if (++attempts == kAttempts) {
      fail(ErrorKind::System, "cgroup '" + node.plan.path + "' is removed again and again",
           kOrigin);
    }
  }
  node.place.topmost = node.made.empty() ? "" : node.made.front();
  if (node.made.empty()) reset_devices(node);
}

void CgroupTree::adopt(std::size_t number) {
  Node& node = nodes_.at(number);
  sys::Dir current = sys::open_dir(node.plan.hierarchy.mountpoint);
  for (const std::string& name : node.names) {
    if (const auto refusal = enable_controllers(current, node.plan.enable, {})) {
      fail_enabling(*refusal, node);
    }
    auto next = sys::open_dir_at_if_exists(current, name);
    if (!next) {
      fail(ErrorKind::System, "systemd has not made the cgroup '" + node.plan.path + "'", kOrigin);
    }
    current = std::move(*next);
  }
  node.leaf = std::move(current);
  // The slices above it are systemd's to remove.
  node.place.topmost = node.place.directory;
  node.place.inode = sys::facts_of(node.leaf.fd, node.leaf.name).identity.inode;
  node.made = {node.place.directory};
}

/// A cgroup that an earlier container has left may deny all devices, even mknod.
void CgroupTree::reset_devices(const Node& node) {
  if (node.plan.hierarchy.unified) return sys::detach_device_programs(node.leaf);
  if (!node.plan.hierarchy.has(kDevices)) return;
  if (sys::try_write_at(node.leaf, "devices.allow", "a")) return;
  // Its parent does not allow all devices. The container's own rules let it make any node.
  for (const plan::CgroupWrite& write : plan_.writes) {
    if (write.controller == kDevices) apply(write);
  }
}

/// False if another process has removed a directory on the path.
bool CgroupTree::descend(Node& node, bool from_top) const {
  sys::Dir current;
  std::size_t depth = 0;
  if (!from_top && node.depth < node.names.size() && has_no_levels(node.plan)) {
    current = std::move(node.deepest);
    depth = node.depth;
  }
  for (; depth < node.names.size(); ++depth) {
    auto next = step_down(node, current.fd ? current : node.top, depth);
    if (!next) return false;
    current = std::move(*next);
  }
  if (!current.fd) {  // the mount itself
    current = sys::open_dir_at(node.top, ".");
    current.name = node.top.name;
  }
  node.leaf = std::move(current);
  return true;
}

std::optional<sys::Dir> CgroupTree::step_down(Node& node, const sys::Dir& parent,
                                              std::size_t depth) const {
  if (const auto refusal = enable_controllers(parent, node.plan.enable, node.plan.offer))
    fail_enabling(*refusal, node);
  const std::string& name = node.names[depth];
  std::string path = parent.path_of(name);
  const bool known = std::find(node.made.begin(), node.made.end(), path) != node.made.end();
  // From the mkdir until it is noted nothing may fail, not even for lack of memory.
  node.made.reserve(node.made.size() + 1);
  const sys::Mkdir result = sys::mkdir_cgroup(parent, name);
  if (result == sys::Mkdir::NoParent) return std::nullopt;
  if (result == sys::Mkdir::Made && !known) node.made.push_back(std::move(path));
  const bool is_leaf = depth + 1 == node.names.size();
  if (is_leaf && result == sys::Mkdir::Existed && !known && !node.place.topmost.empty()) {
    fail(ErrorKind::State,
         "cgroup '" + parent.path_of(name) + "' was made by another process meanwhile", kOrigin);
  }
  auto next = sys::open_dir_at_if_exists(parent, name);
  if (next && node.plan.hierarchy.has(kCpuset) && !node.plan.hierarchy.unified) {
    inherit_cpuset(parent, *next, result == sys::Mkdir::Made);
  }
  return next;
}

/// At the property that needs the controllers.
void CgroupTree::fail_enabling(const sys::SystemError& refusal, const Node& node) const {
  const auto write = std::find_if(
      plan_.writes.begin(), plan_.writes.end(),
      [&](const plan::CgroupWrite& one) { return node.plan.hierarchy.has(one.controller); });
  fail(refusal.kind(), refusal.message(), write == plan_.writes.end() ? kOrigin : write->origin,
       refusal.number() == EBUSY ? "a cgroup that has processes passes no controller on" : "");
}

void CgroupTree::apply(const plan::CgroupWrite& write) {
  const auto node = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& one) {
    return plan::has_file(one.plan.hierarchy, write);
  });
  if (node == nodes_.end()) {
    fail(ErrorKind::Bug, "no cgroup hierarchy has the controller '" + write.controller + "'");
  }
  const std::string name = node->leaf.path_of(write.file);
  if (name != last_name_ && !open_file(node->leaf, write)) return;
  const bool is_other = last_name_ != name;
  const std::string& value = is_other ? write.other_value : write.value;
  if (const auto refusal = sys::try_write_value(last_file_, value, last_name_)) {
    fail(refusal->kind(), refusal->message(), {}, cpuset_hint(last_name_));
  }
}

/// Opens the file that this kernel has; false if it needs none.
bool CgroupTree::open_file(const sys::Dir& leaf, const plan::CgroupWrite& write) {
  const auto open = [&](const std::string& file) {
    auto opened = sys::open_at_if_exists(leaf, file, O_WRONLY);
    if (!opened) return false;
    last_file_ = std::move(*opened);
    last_name_ = leaf.path_of(file);
    return true;
  };
  if (open(write.file) || (!write.other_file.empty() && open(write.other_file))) return true;
  if (write.is_default) return false;
  fail(ErrorKind::Unsupported, "this kernel has no '" + leaf.path_of(write.file) + "'");
}

void CgroupTree::give(std::size_t number, uid_t owner) const {
  if (nodes_.at(number).made.empty()) return;  // what was there before outlives the container
  const sys::Dir& leaf = nodes_.at(number).leaf;
  (void)sys::give_if_exists(leaf, ".", owner);
  for (const std::string& file : sys::delegated_files(sys::read_delegated_list())) {
    (void)sys::give_if_exists(leaf, file, owner);
  }
}

void CgroupTree::attach_device_program(const sys::Fd& program) const {
  const auto node = std::find_if(nodes_.begin(), nodes_.end(),
                                 [](const Node& one) { return one.plan.hierarchy.unified; });
  if (node == nodes_.end()) fail(ErrorKind::Bug, "a device program without cgroup v2");
  sys::attach_device_program(node->leaf, program);
}

sys::Fd CgroupTree::open_fd(std::size_t number) const {
  const Node& node = nodes_.at(number);
  return node.plan.hierarchy.unified ? sys::open_at(node.leaf, ".", O_PATH | O_DIRECTORY)
                                     : sys::open_at(node.leaf, "tasks", O_WRONLY);
}

}  // namespace berth::cgroup
