// A JSON Schema of the caller's (draft 4, 6 or 7: the official one, a policy of the house) and the
// check of a config.json against it. What berth itself takes is for the reader to say: reader.h.
#pragma once

#include <memory>
#include <string>

#include "spec/error.h"
#include "spec/schema_files.h"

namespace berth::spec {

/// Read once, then asked about any number of documents.
class Schema {
 public:
  /// With the files that it names: schema_files.h. Config error for what is not a schema,
  /// Unsupported for what berth cannot check.
  Schema(const std::string& file, const ReadFile& read);
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  /// Each place where `bytes` is not what the schema wants, innermost ones only, without line and
  /// column. None when the bytes are not JSON. A member that is null counts as absent.
  Problems check(const std::string& bytes) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace berth::spec
