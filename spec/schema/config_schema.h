// Writes the JSON Schema of config.json (draft 7) for other programs. It is a visitor of
// describe(), so the schema has the properties and rules that the reader has.
#pragma once

#include <string>

namespace berth::spec {

std::string config_schema();

}  // namespace berth::spec
