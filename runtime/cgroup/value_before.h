// What has to be written to a file of a cgroup so that it is again as it was. Most files have one
// value; some have a line for each device.
#pragma once

#include <string>

namespace berth::cgroup {

/// `text` is what the file had before `value` was written to it. If the file has lines and none is
/// for the device that `value` begins with, the result removes that line again.
std::string value_before(const std::string& file, const std::string& text,
                         const std::string& value);

}  // namespace berth::cgroup
