// Reports what is wrong with a config.json, and makes nothing: problems of its form, what the
// compiler reports on this host, unknown properties, and mismatches with a JSON Schema of the
// caller's.
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

/// In document order. `file` is the config.json of the directory `bundle`, an absolute path;
/// `schema` is a file, empty: none. The compiler's checks are made only if the form is right.
/// System error if a file cannot be read; Config or Unsupported if `schema` is not one that berth
/// can check.
std::vector<Finding> validate(const std::string& file, const std::string& bundle,
                              const std::string& schema, Strict strict);

}  // namespace berth::container
