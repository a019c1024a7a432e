// Writes the first config.json of a bundle, for `berth spec`.
#pragma once

#include <string>
#include <vector>

namespace berth::container {

struct SpecOptions {
  std::string bundle;     ///< absolute
  bool rootless = false;  ///< the caller is the container's root
};

/// Creates config.json (0644) in the bundle; System error if it exists already.
void write_spec(const SpecOptions& options);

/// Paths that are masked in addition to those of every machine: `thermal_throttle` of each
/// processor that has it, because its heat reveals what others compute on it. `directory` is that
/// of the processors, /sys/devices/system/cpu.
std::vector<std::string> thermal_masks(const std::string& directory);

}  // namespace berth::container
