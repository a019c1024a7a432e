// The types that many properties of config.json share.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace berth::spec {

using StringMap = std::map<std::string, std::string>;
using Strings = std::vector<std::string>;

}  // namespace berth::spec
