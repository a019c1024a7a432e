#include "runtime/container/verbs/validate.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/compile/order.h"
#include "runtime/compile/request.h"
#include "runtime/host/host.h"
#include "runtime/linux/files/chosen_file.h"
#include "runtime/plan/plan.h"
#include "spec/config/read_config.h"
#include "spec/config/requirement.h"
#include "spec/config/unknown.h"
#include "spec/json/locate.h"
#include "spec/json/reader.h"
#include "spec/schema/schema.h"

namespace berth::container {

namespace {

std::string read_document(const std::string& file) {
  return sys::read_regular_file(file, spec::Document::kMaxBytes);
}

/// The places where `bytes` does not match the caller's schema.
Problems check_schema(const std::string& schema, const std::string& bytes) {
  if (schema.empty()) return {};
  Problems problems = spec::Schema(schema, read_document).check(bytes);
  for (Problem& problem : problems.list()) problem.message.insert(0, "schema: ");
  spec::locate(bytes, problems);
  return problems;
}

/// `text` is `POINTER: MESSAGE`, as the compiler writes its warnings; the last one may have no
/// pointer. All are kept, because one does not explain another.
void add_warning(const std::string& text, Problems& warnings) {
  const std::size_t colon = text.starts_with('/') ? text.find(": ") : std::string::npos;
  if (colon == std::string::npos) {
    warnings.list().push_back({.pointer = {}, .message = text});
  } else {
    warnings.list().push_back(
        {.pointer = text.substr(0, colon), .message = text.substr(colon + 2)});
  }
}

void compile(const spec::Config& config, const std::string& bundle, Problems& errors,
             Problems& warnings) {
  const plan::Request request{
      .id = "validate", .bundle = bundle, .console_socket = {}, .relay_terminal = true};
  const plan::Plan plan = plan::compile(config, request, plan::read_host(config), errors);
  for (const std::string& warning : plan.warnings) add_warning(warning, warnings);
}

/// Each problem is about `requirement`, or without one about the requirement of its property.
void add_findings(const Problems& problems, const std::string& severity,
                  std::optional<std::string_view> requirement, std::vector<Finding>& findings) {
  for (const Problem& problem : problems.list()) {
    const auto about = requirement ? *requirement : spec::requirement_of(problem.pointer);
    findings.push_back({.pointer = problem.pointer,
                        .line = problem.line,
                        .column = problem.column,
                        .severity = severity,
                        .message = problem.message,
                        .requirement = std::string(about)});
  }
  if (problems.left_out() == 0) return;
  const Problem& last = problems.list().back();
  findings.push_back({.pointer = {},
                      .line = last.line,
                      .column = last.column,
                      .severity = severity,
                      .message = "and " + std::to_string(problems.left_out()) + " more",
                      .requirement = std::string(requirement.value_or(""))});
}

}  // namespace

std::vector<Finding> validate(const std::string& file, const std::string& bundle,
                              const std::string& schema, Strict strict) {
  const std::string bytes = read_document(file);
  Problems errors, warnings;
  const spec::Config config = spec::read_config(bytes, errors);
  if (errors.empty()) compile(config, bundle, errors, warnings);
  spec::locate(bytes, errors);
  spec::locate(bytes, warnings);

  std::vector<Finding> findings;
  const std::string severity = strict == Strict::Yes ? "error" : "warning";
  add_findings(errors, "error", {}, findings);
  add_findings(check_schema(schema, bytes), "error", "", findings);
  add_findings(warnings, severity, {}, findings);
  const spec::IgnoredProperties ignored = spec::find_ignored_properties(bytes);
  add_findings(ignored.unknown, severity, "EX-1", findings);
  add_findings(ignored.empty, severity, {}, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& one, const Finding& other) {
    return std::pair(one.line, one.column) < std::pair(other.line, other.column);
  });
  return findings;
}

}  // namespace berth::container
