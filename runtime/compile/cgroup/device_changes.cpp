#include "runtime/compile/cgroup/device_changes.h"

#include <map>
#include <string_view>

#include "spec/text.h"

namespace berth::plan {

namespace {

constexpr char kEverything[] = "a";

/// What a cgroup allows: everything, or for each of these devices (`c 1:3`) the letters of access.
struct Allowed {
  bool everything = false;
  std::map<std::string, std::string> devices;
};

void take_line(std::string_view line, Allowed& allowed) {
  const std::size_t end = std::min(line.rfind(' '), line.size());
  if (line.starts_with(kEverything)) {
    allowed.everything = true;
  } else {
    allowed.devices[std::string(line.substr(0, end))] = line.substr(std::min(end + 1, line.size()));
  }
}

Allowed parse_list(const std::string& list) {
  Allowed allowed;
  text::for_each_word(list, '\n', [&](std::string_view line) { take_line(line, allowed); });
  return allowed;
}

Allowed allowed_by(const AccessPolicy& policy, Problems& problems) {
  Allowed allowed{.everything = policy.fallback.allow, .devices = {}};
  for (const AccessRule& exception : policy.exceptions) {
    if (!allowed.everything) {
      take_line(device_rule_text(exception), allowed);
    } else {
      problems.add(exception.origin,
                   "'" + device_rule_text(exception) +
                       "' is taken out of all devices: cgroup v1 would allow it for a moment",
                   ErrorKind::Unsupported);
    }
  }
  return allowed;
}

std::string letters_without(const std::string& letters, const std::string& others) {
  std::string rest = letters;
  std::erase_if(rest, [&](char letter) { return others.find(letter) != others.npos; });
  return rest;
}

CgroupWrite write_of(bool allow, std::string value) {
  return {.controller = "devices",
          .file = allow ? "devices.allow" : "devices.deny",
          .value = std::move(value),
          .origin = kDeviceRules};
}

/// A write for each device of `more` that has letters which `less` does not have.
void add_difference(const Allowed& more, const Allowed& less, bool allow,
                    std::vector<CgroupWrite>& writes) {
  for (const auto& [device, letters] : more.devices) {
    const auto other = less.devices.find(device);
    const std::string rest =
        letters_without(letters, other == less.devices.end() ? "" : other->second);
    if (!rest.empty()) writes.push_back(write_of(allow, std::string(device).append(" ") + rest));
  }
}

}  // namespace

std::vector<CgroupWrite> compile_device_changes(const std::string& list,
                                                const std::vector<AccessRule>& rules,
                                                Problems& problems) {
  const Allowed before = parse_list(list);
  const Allowed after = allowed_by(fold_device_rules(rules, problems), problems);
  std::vector<CgroupWrite> writes;
  if (before.everything != after.everything) {
    writes.push_back(write_of(after.everything, kEverything));
  }
  if (after.everything) return writes;
  if (!before.everything) add_difference(before, after, false, writes);
  add_difference(after, before, true, writes);
  return writes;
}

}  // namespace berth::plan
