// A handful of config.json in which every property of the specification occurs.
#pragma once

#include <string>
#include <vector>

namespace berth::spec {

/// All of them valid, for the reader and for the schema.
std::vector<std::string> valid_documents();

}  // namespace berth::spec
