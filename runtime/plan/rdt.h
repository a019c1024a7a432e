// linux.intelRdt as values: which directories of resctrl a container uses, and how lines of a
// `schemata` file compare. config-linux.md "IntelRdt"; Documentation/filesystems/resctrl.rst
#pragma once

#include <string>
#include <string_view>

namespace berth::plan {

/// Nothing of it: the config does not ask, and resctrl is not touched.
struct RdtPlan {
  std::string group;       ///< absolute; empty: none
  bool is_own = false;     ///< named after the container: what create makes, delete removes
  std::string monitoring;  ///< monitoring group in it, always the container's own; empty: none
};

/// Whether each domain that `line` is about (`L3:0=f;1=ff`) has that value in `schemata`, the text
/// of such a file. Numbers are the same with leading zeros, and masks in either case.
bool has_schema(std::string_view schemata, std::string_view line);

}  // namespace berth::plan
