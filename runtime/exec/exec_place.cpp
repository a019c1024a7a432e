#include "runtime/exec/exec_place.h"

#include <linux/capability.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "runtime/container/identity.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/files/path_text.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/security/privileges.h"
#include "spec/config/config.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::exec {

namespace {

constexpr char kFlag[] = "--cgroup";

/// The entry of /proc/PID/ns for a type of kNamespaceRows.
const char* entry_of(std::string_view type) {
  return type == "mount" ? "mnt" : type == "network" ? "net" : type.data();  // it ends with a NUL
}

bool has_control_file_in(const std::string& cgroup, const char* file) {
  const auto dir = sys::open_dir_if_exists(cgroup);
  return dir && sys::has_control_file(*dir, file);
}

/// Finds out which namespaces the container's first process has that are not berth's own.
class Others {
 public:
  explicit Others(const store::Record& record) : record_(record) {}

  bool has(std::string_view type) {
    const char* entry = entry_of(type);
    const std::uint64_t own = type == "user" ? sys::own_user_namespace() : own_inode(entry);
    const auto recorded = record_.namespaces.find(entry);
    if (recorded != record_.namespaces.end() && recorded->second != own) return true;
    // The container may have gone to a namespace of its own since.
    if (!now_) now_.emplace(record_.init.pid);
    const std::uint64_t now = now_->inode(entry);
    return now != 0 && now != own;
  }

 private:
  std::uint64_t own_inode(const char* entry) {
    if (!own_) own_.emplace(sys::own_pid());
    return own_->inode(entry);
  }

  const store::Record& record_;
  std::optional<sys::NamespacesOf> own_, now_;
};

/// Whether the caller may join any time namespace. Hardly any container has one of its own, but
/// nearly all callers may join the host's.
bool may_join_time(const store::Record& record) {
  const bool is_privileged = (sys::effective_capabilities() >> CAP_SYS_ADMIN & 1) != 0;
  return is_privileged && record.namespaces.contains("time") && !sys::in_user_namespace();
}

/// Where processes of the container are or may enter.
class Places {
 public:
  explicit Places(const store::Record& record) : record_(record) {}

  plan::ExecCgroup find(const std::string& directory) {
    // The Record saves the question for v2 alone: a v1 cgroup may be gone.
    const bool is_v1 =
        !record_.is_unified(directory).value_or(false) && has_control_file_in(directory, "tasks");
    if (is_v1) return {.path = directory, .is_unified = false};
    const auto passed_on = sys::read_once_if_exists(directory + "/cgroup.subtree_control");
    // A v2 cgroup that passes controllers on takes no processes. cgroups(7), "no internal
    // processes"
    const bool is_usable = passed_on && text::words<std::string>(*passed_on, '\n').empty();
    return is_usable ? plan::ExecCgroup{.path = directory, .is_unified = true} : of_init(directory);
  }

  const plan::CgroupHierarchy& hierarchy_of(const std::string& directory) {
    if (!layout_) {
      layout_ =
          plan::find_cgroup_layout(sys::read_file(sys::proc_path(record_.init.pid, "cgroup")));
    }
    const auto& all = layout_->hierarchies;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& hierarchy) {
      return directory == hierarchy.mountpoint || sys::is_below(directory, hierarchy.mountpoint);
    });
    if (found == all.end()) fail_gone(directory);
    return *found;
  }

 private:
  [[noreturn]] static void fail_gone(const std::string& directory) {
    fail(ErrorKind::State, "the container's cgroup '" + directory + "' does not exist any more");
  }

  plan::ExecCgroup of_init(const std::string& directory) {
    const plan::CgroupHierarchy& hierarchy = hierarchy_of(directory);
    const auto place = hierarchy.own_place();
    if (!place) fail_gone(directory);
    return {.path = hierarchy.path_of(*place), .is_unified = hierarchy.unified};
  }

  const store::Record& record_;
  std::optional<plan::CgroupLayout> layout_;
};

/// One `--cgroup` in its parts.
struct SubCgroup {
  spec::Strings controllers;  ///< empty: all
  std::string path;           ///< below the container's cgroup
};

SubCgroup read_sub_cgroup(const std::string& flag) {
  SubCgroup sub;
  std::string_view text = flag;
  if (text.find(':') != text.npos) {
    sub.controllers = text::words<std::string>(text::take(text, ':'), ',');
  }
  const auto parts = text::words(text, '/');
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    fail(ErrorKind::Config,
         "found '" + flag + "', allowed: a path below the container's cgroup, without '..'", kFlag);
  }
  sub.path = sys::clean_path(text);
  return sub;
}

bool is_of(const std::string& controller, const plan::CgroupHierarchy& hierarchy) {
  return !hierarchy.unified && (hierarchy.has(controller) || hierarchy.name == controller);
}

void check_controllers(const SubCgroup& sub,
                       const std::vector<const plan::CgroupHierarchy*>& hierarchies) {
  for (const std::string& name : sub.controllers) {
    const bool is_known = std::any_of(hierarchies.begin(), hierarchies.end(),
                                      [&](const auto* one) { return is_of(name, *one); });
    if (is_known) continue;
    std::string allowed;
    for (const auto* one : hierarchies) {
      if (!one->unified) allowed += (allowed.empty() ? "" : ",") + one->name;
    }
    fail(ErrorKind::Config,
         "found the controller or hierarchy '" + name + "', allowed: " +
             (allowed.empty() ? "none, as the container is in cgroup v2 alone" : allowed),
         kFlag);
  }
}

/// Null if none of them is about this hierarchy.
const SubCgroup* choose(const std::vector<SubCgroup>& subs,
                        const plan::CgroupHierarchy& hierarchy) {
  const SubCgroup* chosen = nullptr;
  for (const SubCgroup& sub : subs) {
    const auto& names = sub.controllers;
    const bool is_meant =
        names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return is_of(name, hierarchy);
        });
    if (!is_meant) continue;
    if (chosen != nullptr && chosen->path != sub.path) {
      fail(ErrorKind::Config,
           "found two paths for " +
               (hierarchy.unified ? "cgroup v2" : "the hierarchy '" + hierarchy.name + "'") +
               ", allowed: one",
           kFlag);
    }
    chosen = &sub;
  }
  return chosen;
}

/// The container's own directory is meant, not the one where its first process is.
plan::ExecCgroup find_below(const std::string& directory, const std::vector<SubCgroup>& subs,
                            Places& places) {
  const plan::CgroupHierarchy& hierarchy = places.hierarchy_of(directory);
  const SubCgroup* sub = choose(subs, hierarchy);
  if (sub == nullptr) return places.find(directory);
  const std::string path = directory + (sub->path == "/" ? "" : sub->path);
  if (!sys::inode_if_exists(path)) {
    fail(ErrorKind::Config, "the container has no cgroup '" + path + "'", kFlag);
  }
  return {.path = path, .is_unified = hierarchy.unified};
}

std::vector<SubCgroup> read_sub_cgroups(const spec::Strings& flags,
                                        const std::vector<store::ContainerCgroup>& own,
                                        Places& places) {
  std::vector<const plan::CgroupHierarchy*> hierarchies;
  hierarchies.reserve(own.size());
  for (const auto& cgroup : own) hierarchies.push_back(&places.hierarchy_of(cgroup.directory));
  std::vector<SubCgroup> subs;
  for (const std::string& flag : flags) {
    check_controllers(subs.emplace_back(read_sub_cgroup(flag)), hierarchies);
  }
  return subs;
}

}  // namespace

std::uint64_t namespaces_to_join(const store::Record& record,
                                 const std::vector<spec::Namespace>& made) {
  std::uint64_t flags = 0;
  Others others(record);
  for (const spec::WordValue& row : spec::kNamespaceRows) {
    const bool is_made = std::any_of(made.begin(), made.end(),
                                     [&](const auto& one) { return one.type == row.word; });
    // To join a namespace needlessly costs less than to find out that it is berth's own. But a
    // process must not join the user namespace that it is in.
    const bool joins_anyway =
        (is_made && row.word != "user") || (row.word == "time" && may_join_time(record));
    if (joins_anyway || others.has(row.word)) flags |= row.value;
  }
  return flags;
}

std::vector<plan::ExecCgroup> cgroups_to_enter(const store::Record& record,
                                               const spec::Strings& flags) {
  const auto own = container::cgroups_of(record, container::Claimed::yes);
  if (own.empty() && !flags.empty()) {
    fail(ErrorKind::Config, "the container has no cgroup of its own", kFlag);
  }
  Places places(record);
  std::vector<SubCgroup> subs;
  if (!flags.empty()) subs = read_sub_cgroups(flags, own, places);
  std::vector<plan::ExecCgroup> cgroups;
  cgroups.reserve(own.size());
  for (const store::ContainerCgroup& cgroup : own) {
    cgroups.push_back(subs.empty() ? places.find(cgroup.directory)
                                   : find_below(cgroup.directory, subs, places));
  }
  return cgroups;
}

std::string find_unified_cgroup(const store::Record& record, const spec::Strings& flags) {
  for (const plan::ExecCgroup& cgroup : cgroups_to_enter(record, flags)) {
    if (cgroup.is_unified) return cgroup.path;
  }
  fail(ErrorKind::State, "the container has no cgroup of v2 any more");
}

}  // namespace berth::exec
