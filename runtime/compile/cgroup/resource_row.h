// The form of a row of linux.resources: what the property is called, which values it may have, and
// which file of v1 and of v2 it is written to.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "spec/config/config.h"

namespace berth::plan {

/// What the container's cgroup has before it is written to. The defaults are those of a new one.
struct Standing {
  bool is_new = true;
  std::int64_t memory_limit = -1;
  std::string cpu_quota = "max";
  std::string cpu_period = "100000";  ///< microseconds
};

struct Asked {
  const spec::Resources& resources;
  const Standing& standing;
};

/// The text that stands for a value; empty if the text of another row has the value in it.
using Convert = std::string (*)(std::int64_t value, const Asked& asked);

inline std::string decimal(std::int64_t value, const Asked& /*asked*/) {
  return std::to_string(value);
}

/// The file that has a property in one version of cgroups.
struct ResourceFile {
  const char* controller = nullptr;  ///< null: this version has no such controller
  const char* file = nullptr;        ///< null: this version has no such setting
  Convert text = decimal;
  const char* other_file = nullptr;  ///< for a kernel that does not have `file`
  Convert other_text = decimal;
};

/// What a value of 0 is. Engines send 0 for a limit that is not set.
enum class Zero { Unset, Value };

// The members stand in the order in which a row is read, which costs 8 bytes each.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct ResourceRow {
  const char* property;  ///< JSON pointer below /linux/resources/
  std::optional<std::int64_t> (*value)(const spec::Resources&);
  ResourceFile v1, v2;
  std::int64_t lowest = -1;  ///< -1 means no limit
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  Zero zero = Zero::Unset;
  std::optional<std::int64_t> initial = {};      ///< what every new cgroup has
  bool is_default = false;                       ///< see CgroupWrite
  std::string (*fault)(const Asked&) = nullptr;  ///< what else is wrong; empty: nothing
  const char* lack = nullptr;                    ///< why there is no file for it
};

/// The value of a member of a section: `number<&Resources::memory, &Memory::limit>`. A value that
/// is too large for the kernel stays so.
template <auto section, auto member>
std::optional<std::int64_t> number(const spec::Resources& resources) {
  const auto& part = resources.*section;
  if (!part || !((*part).*member)) return std::nullopt;
  const auto value = *((*part).*member);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if constexpr (!std::is_same_v<decltype(value), const bool>) {
    if (std::cmp_greater(value, kMost)) return kMost;
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace berth::plan
