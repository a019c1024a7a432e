// The names of a container's unit and cgroup under systemd. systemd.unit(5), systemd.slice(5)
#pragma once

#include <string>
#include <string_view>

#include "spec/error.h"

namespace berth::plan {

/// What a cgroupsPath of the form `slice:prefix:name` says.
struct ScopePath {
  std::string slice;  ///< `machine.slice`
  std::string unit;   ///< `prefix-name.scope`, or `name.scope` without a prefix
};

/// Whether the value has that form.
bool is_scope_path(std::string_view cgroups_path);

/// Reads a cgroupsPath; problems are at /linux/cgroupsPath. An empty one means `:berth:ID`, where
/// the id is escaped; an empty slice means `system.slice` or, for the caller's own systemd,
/// `user.slice`.
ScopePath read_scope_path(const std::string& cgroups_path, const std::string& id, bool is_user,
                          Problems& problems);

/// Where systemd makes the cgroup of a slice: `a-b.slice` is at `/a.slice/a-b.slice`, and `-.slice`
/// at the top, which is "".
std::string place_of_slice(std::string_view slice);

/// The name of a unit's cgroup: that of the unit, unless the kernel has files of that name.
std::string cgroup_name_of(const std::string& unit);

/// Replaces what the name of a unit cannot have, as systemd-escape(1) does: `+` by `\x2b`.
std::string escaped_for_unit(std::string_view text);

}  // namespace berth::plan
