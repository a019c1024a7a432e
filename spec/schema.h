// The JSON Schema of config.json (spec/schema/config.schema.json, draft 7), and the check against
// it. It says for other programs what the reader says for berth; a test holds the two together.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "spec/error.h"

namespace berth::spec {

/// The schema's file, as bytes inside berth.
std::string_view config_schema_text();

/// Read once, then asked about any number of documents.
class ConfigSchema {
 public:
  ConfigSchema();
  ~ConfigSchema();
  ConfigSchema(const ConfigSchema&) = delete;
  ConfigSchema& operator=(const ConfigSchema&) = delete;

  /// Each place where `bytes` is not what the schema wants, innermost ones only, without line and
  /// column. `bytes` has to be JSON that spec::Document takes. A member that is null counts as
  /// absent.
  Problems check(const std::string& bytes) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace berth::spec
