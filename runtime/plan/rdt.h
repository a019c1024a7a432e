// linux.intelRdt as values: which directories of resctrl a container uses, and how lines of a
// `schemata` file compare. config-linux.md "IntelRdt"; Documentation/filesystems/resctrl.rst
#pragma once

#include <string>
#include <string_view>

namespace berth::plan {

/// Empty if the config does not ask for it: berth then does not touch resctrl.
struct RdtPlan {
  std::string group;       ///< absolute; empty: none
  bool is_own = false;     ///< it has the container's name; create makes it, delete removes it
  std::string monitoring;  ///< monitoring group in it, always the container's own; empty: none
};

/// Whether each domain in `line` (`L3:0=f;1=ff`) has that value in `schemata`, the text of such a
/// file. Leading zeros and the case of masks make no difference.
bool has_schema(std::string_view schemata, std::string_view line);

}  // namespace berth::plan
