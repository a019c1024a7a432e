// The files of a JSON Schema as one document: `{"$ref": "#/files/0", "files": {"0": …, "1": …}}`.
// valijson, which reads it, would take a place in one file for the same place in another.
#pragma once

#include <functional>
#include <string>

namespace berth::spec {

/// Returns the bytes of a file.
using ReadFile = std::function<std::string(const std::string& file)>;

struct SchemaText {
  std::string json;
  bool is_draft_4 = false;  ///< else draft 6 or 7
};

/// `file`, and with it every file that a `$ref` in one of them names; a relative name is taken from
/// the directory of the file that it stands in. Config error for what is not JSON and for a
/// reference that leads nowhere, Unsupported for a draft or a reference that berth does not know.
SchemaText read_schema_files(const std::string& file, const ReadFile& read);

}  // namespace berth::spec
