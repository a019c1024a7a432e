// Finds the home directory in an image's /etc/passwd, of which berth needs nothing else. passwd(5)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::plan {

/// The home directory of the first line with this uid; `/` if there is none, or if it is not
/// absolute. The text comes from the image and may contain anything.
std::string home_directory(std::string_view passwd, std::uint32_t uid);

}  // namespace berth::plan
