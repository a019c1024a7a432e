// The JSON Schema of config.json (draft 7) for other programs. A visitor of describe() writes it,
// so it names the properties and rules of the reader and no others.
#pragma once

#include <string>

namespace berth::spec {

std::string config_schema();

}  // namespace berth::spec
