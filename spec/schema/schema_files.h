// Joins the files of a JSON Schema into one document: `{"$ref": "#/files/0", "files": {"0": …, "1":
// …}}`. valijson would otherwise confuse equal pointers of different files.
#pragma once

#include <functional>
#include <string>

namespace berth::spec {

/// Returns the bytes of a file.
using ReadFile = std::function<std::string(const std::string& file)>;

struct SchemaText {
  std::string json;
  bool is_draft_4 = false;  ///< otherwise draft 6 or 7
};

/// Reads `file` and every file that a `$ref` in one of them names, relative to the directory of the
/// referring file. Throws a Config error for what is not JSON and for a reference that leads
/// nowhere, Unsupported for an unknown draft or kind of reference.
SchemaText read_schema_files(const std::string& file, const ReadFile& read);

}  // namespace berth::spec
