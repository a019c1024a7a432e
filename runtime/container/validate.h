// What is wrong with a config.json, told without making anything: its form, by the reader and by
// the JSON Schema, then what the compiler says of it on this host, then properties nobody knows.
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
/// of. What the compiler checks is reported only when the form is right. A System error when the
/// file cannot be read.
std::vector<Finding> validate(const std::string& file, const std::string& bundle, Strict strict);

}  // namespace berth::container
