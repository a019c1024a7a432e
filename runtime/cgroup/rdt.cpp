#include "runtime/cgroup/rdt.h"

#include <algorithm>

#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "spec/error.h"

namespace berth::cgroup {

namespace {

constexpr char kSchemata[] = "schemata";
constexpr char kTasks[] = "tasks";

bool holds(const std::vector<std::string>& groups, const std::string& group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

struct Place {
  std::string parent;
  std::string name;
};

Place place_of(const std::string& group) {
  const std::size_t slash = group.rfind('/');
  return {.parent = group.substr(0, slash), .name = group.substr(slash + 1)};
}

/// The kernel's message about the last command to resctrl; empty if there is none.
std::string last_words(const std::string& group) {
  const std::string top = place_of(group).parent;
  std::string words = sys::read_file_if_exists(top + "/info/last_cmd_status").value_or("");
  words.erase(words.find_last_not_of('\n') + 1);
  return words.empty() ? "" : ": " + words;
}

void remove(const std::string& group) {
  const Place place = place_of(group);
  const auto parent = sys::open_dir_if_exists(place.parent);
  if (parent) (void)sys::rmdir_at(*parent, place.name);
}

bool is_used(const std::string& group) {
  return !sys::read_file_if_exists(group + "/" + kTasks).value_or("").empty();
}

}  // namespace

RdtGroups::RdtGroups(const plan::RdtPlan& plan) {
  if (!plan.monitoring.empty()) intents_.push_back(plan.monitoring);
  if (plan.is_own) intents_.push_back(plan.group);
  std::erase_if(intents_, [](const std::string& group) {
    return sys::open_dir_if_exists(group).has_value();
  });
}

void RdtGroups::make(const std::string& group, plan::RdtUse use) {
  const Place place = place_of(group);
  if (use == plan::RdtUse::Find) {
    if (sys::open_dir_if_exists(group)) return;
    fail(ErrorKind::State, "there is no resctrl group '" + group + "'", {},
         "it is made when a schema says what it is to be");
  }
  std::string note = group;  // from the mkdir until it is noted nothing may fail
  made_.reserve(made_.size() + 1);
  if (sys::mkdir_at(sys::open_dir(place.parent), place.name, 0755)) {
    made_.push_back(std::move(note));
    return;
  }
  if (use == plan::RdtUse::Create) {
    fail(ErrorKind::State, "the resctrl group '" + group + "' exists already");
  }
  std::erase(intents_, group);  // another process has made it since the constructor looked
}

void RdtGroups::set_schema(const std::string& group, const std::string& line) const {
  const sys::Dir directory = sys::open_dir(group);
  if (has_made(group)) {
    if (sys::write_at_if_valid(directory, kSchemata, line + "\n")) return;
    fail(ErrorKind::Config,
         "resctrl does not take '" + line + "' for '" + group + "'" + last_words(group));
  }
  if (!plan::has_schema(sys::read_file_at(directory, kSchemata), line)) {
    fail(ErrorKind::State,
         "the resctrl group '" + group + "' exists already, and not with '" + line + "'");
  }
}

void RdtGroups::enter(const std::string& group, pid_t pid) const {
  sys::write_at(sys::open_dir(group), kTasks, std::to_string(pid) + "\n");
}

bool RdtGroups::try_undo() noexcept {
  try {
    for (auto group = made_.rbegin(); group != made_.rend(); ++group) {
      if (holds(intents_, *group) || !is_used(*group)) remove(*group);
    }
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool RdtGroups::has_made(const std::string& group) const { return holds(made_, group); }

void remove_rdt_groups(const std::vector<std::string>& groups) {
  for (const std::string& group : groups) remove(group);
}

}  // namespace berth::cgroup
