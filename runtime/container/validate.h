// Reports what is wrong with a config.json and makes nothing: its form, as the reader finds it,
// what the compiler says of it on this host, unknown properties, and what a JSON Schema of the
// caller's wants and does not find.
#pragma once

#include <string>
#include <vector>

namespace berth::container {

struct Finding {
  std::string pointer;  ///< RFC 6901; "" is the whole document
  int line = 0;         ///< both count from 1, in bytes
  int column = 0;
  std::string severity;  ///< `error`: create would refuse it; or `warning`
  std::string message;
  std::string requirement;  ///< id in conformance/requirements.tsv, or empty
};

void describe(auto& v, Finding& finding) {
  v.required("pointer", finding.pointer);
  v.required("line", finding.line);
  v.required("column", finding.column);
  v.required("severity", finding.severity);
  v.required("message", finding.message);
  v.required("requirement", finding.requirement);
}

enum class Strict { No, Yes };  ///< Yes: every warning is an error

/// In document order. `bundle` is the absolute path of the directory that `file` is the config.json
/// of; `schema` is a file, empty: none. What the compiler checks is reported only when the form is
/// right. A System error when a file cannot be read; Config or Unsupported for what is not a
/// schema that berth can check.
std::vector<Finding> validate(const std::string& file, const std::string& bundle,
                              const std::string& schema, Strict strict);

}  // namespace berth::container
