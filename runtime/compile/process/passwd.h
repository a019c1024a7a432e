// The one thing that berth wants to know from an image's /etc/passwd. passwd(5)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::plan {

/// The home directory of the first line with this uid; `/` when there is none, or when it is not
/// absolute. The text is the image's: anything may be in it.
std::string home_directory(std::string_view passwd, std::uint32_t uid);

}  // namespace berth::plan
