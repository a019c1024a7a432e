#include "runtime/container/own_cgroups.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "runtime/linux/files/file.h"
#include "spec/text.h"

namespace berth::container {

namespace {

/// The hierarchy that has the directory. A mount can be inside another hierarchy's, and the inner
/// one has what is below it. Null if none has it.
const plan::CgroupHierarchy* hierarchy_of(const std::string& directory,
                                          const plan::CgroupLayout& layout) {
  const plan::CgroupHierarchy* innermost = nullptr;
  for (const plan::CgroupHierarchy& one : layout.hierarchies) {
    if (!directory.starts_with(one.path_of("/"))) continue;
    if (innermost == nullptr || one.mountpoint.size() > innermost->mountpoint.size()) {
      innermost = &one;
    }
  }
  return innermost;
}

/// The container's directory in a hierarchy; empty if it has none there.
std::string place_in(const plan::CgroupHierarchy& hierarchy, const plan::CgroupLayout& layout,
                     const store::Record& record) {
  const auto place = std::ranges::find_if(record.cgroups, [&](const auto& one) {
    return hierarchy_of(one.directory, layout) == &hierarchy;
  });
  return place == record.cgroups.end() ? "" : place->directory;
}

std::uint64_t read_number(const std::string& path) {
  std::uint64_t number = 0;
  (void)text::read_number(text::trimmed(sys::read_file_if_exists(path).value_or("")), number);
  return number;
}

/// v1 shows no limit as the largest number of pages, v2 as `max`.
std::int64_t read_memory_limit(const OwnCgroups& own) {
  const std::string directory = own.directory_of("memory") + "/";
  const bool is_v2 = own.layout.find("memory")->unified;
  const std::uint64_t limit =
      read_number(directory + (is_v2 ? "memory.max" : "memory.limit_in_bytes"));
  constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;
  return limit == 0 || limit >= kNoLimit ? -1 : static_cast<std::int64_t>(limit);
}

/// Whether a value is given that another one, which is not given, belongs to.
bool needs_memory_limit(const spec::Resources& resources) {
  const spec::Memory memory = resources.memory.value_or(spec::Memory{});
  return memory.swap.value_or(0) > 0 && memory.limit.value_or(0) == 0;
}

bool needs_bandwidth(const spec::Resources& resources) {
  const spec::Cpu cpu = resources.cpu.value_or(spec::Cpu{});
  return (cpu.quota.value_or(0) == 0) != (cpu.period.value_or(0) == 0);
}

}  // namespace

std::string OwnCgroups::directory_of(const std::string& controller) const {
  const auto found = std::ranges::find_if(
      directories, [&](const auto& one) { return one.hierarchy.has(controller); });
  return found == directories.end() ? "" : found->path;
}

OwnCgroups find_own_cgroups(const store::Record& record, const plan::CgroupLayout& layout) {
  OwnCgroups own{.layout = layout, .directories = {}};
  own.layout.hierarchies.clear();
  for (const plan::CgroupHierarchy& one : layout.hierarchies) {
    const std::string directory = place_in(one, layout, record);
    if (directory.empty()) continue;
    plan::CgroupHierarchy hierarchy = one;
    if (hierarchy.unified) hierarchy.controllers = plan::read_controllers(directory);
    own.directories.push_back({.hierarchy = hierarchy, .path = directory});
    own.layout.hierarchies.push_back(std::move(hierarchy));
  }
  return own;
}

plan::Standing read_standing(const spec::Resources& resources, const OwnCgroups& own) {
  plan::Standing standing{.is_new = false};
  if (needs_memory_limit(resources) && own.layout.find("memory") != nullptr) {
    standing.memory_limit = read_memory_limit(own);
  }
  const plan::CgroupHierarchy* cpu = own.layout.find("cpu");
  if (needs_bandwidth(resources) && cpu != nullptr && cpu->unified) {
    const std::string text = sys::read_file(own.directory_of("cpu") + "/cpu.max");
    std::string_view rest = text::trimmed(text);
    standing.cpu_quota = text::take(rest, ' ');
    standing.cpu_period = rest;
  }
  return standing;
}

std::uint64_t memory_usage(const OwnCgroups& own) {
  const plan::CgroupHierarchy* memory = own.layout.find("memory");
  if (memory == nullptr) return 0;
  return read_number(own.directory_of("memory") +
                     (memory->unified ? "/memory.current" : "/memory.usage_in_bytes"));
}

}  // namespace berth::container
