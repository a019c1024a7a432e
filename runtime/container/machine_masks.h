// What `berth spec` masks beside the paths of every machine.
#pragma once

#include <string>
#include <vector>

namespace berth::container {

/// `thermal_throttle` of each processor that has it: how hot it gets says what others compute on
/// it. `directory`: where the processors are, /sys/devices/system/cpu.
std::vector<std::string> thermal_masks(const std::string& directory);

}  // namespace berth::container
