// Checks a config.json against a JSON Schema that the caller supplies (draft 4, 6 or 7), such as
// the official one or a policy. spec/json/reader.h decides what berth itself accepts.
#pragma once

#include <memory>
#include <string>

#include "spec/error.h"
#include "spec/schema/schema_files.h"

namespace berth::spec {

/// A schema that was read once and can check any number of documents.
class Schema {
 public:
  /// Reads the schema and the files that it references (schema_files.h). Throws a Config error if
  /// it is not a schema, and Unsupported if berth cannot check it.
  Schema(const std::string& file, const ReadFile& read);
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  /// The places where `bytes` violates the schema, innermost ones only, without line and column.
  /// None if the bytes are not JSON. A null member counts as absent.
  Problems check(const std::string& bytes) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace berth::spec
