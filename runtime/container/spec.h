// The config.json to begin with that `berth spec` writes.
#pragma once

#include <string>
#include <vector>

namespace berth::container {

struct SpecOptions {
  std::string bundle;     ///< absolute
  bool rootless = false;  ///< the caller is the container's root
};

/// Makes config.json (0644) in the bundle; System error when there is one already.
void write_spec(const SpecOptions& options);

/// What is masked beside the paths of every machine: `thermal_throttle` of each processor that has
/// it: how hot it gets says what others compute on it. `directory`: where the processors are,
/// /sys/devices/system/cpu.
std::vector<std::string> thermal_masks(const std::string& directory);

}  // namespace berth::container
