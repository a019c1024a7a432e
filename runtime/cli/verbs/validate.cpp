#include "runtime/container/verbs/validate.h"

#include <algorithm>

#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"
#include "runtime/container/paths.h"
#include "spec/error.h"
#include "spec/json/json.h"

namespace berth::cli {

namespace {

struct Validate : Options {
  std::string bundle;
  std::string path;    ///< a config.json by any name, or a bundle
  std::string schema;  ///< empty: none
  bool json = false;
  bool strict = false;
};

constexpr Flag kFlags[] = {
    kBundleFlag<Validate>,
    {"--json", in<Validate, &Validate::json>, "an array of findings, for programs"},
    {"--schema FILE", in<Validate, &Validate::schema>, "a JSON Schema that it has to fit, too"},
    {"--strict", in<Validate, &Validate::strict>, "warnings are errors"},
    {"[PATH]", in<Validate, &Validate::path>, "of a config.json by any name, or of a bundle"},
};

/// The file that is read, and the bundle that it is checked in.
struct Subject {
  std::string name;  ///< the file's name in findings
  std::string file;
  std::string bundle;
};

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

Subject subject_of(const std::string& bundle) {
  constexpr char kName[] = "config.json";
  return {.name = kName, .file = bundle + "/" + kName, .bundle = bundle};
}

Subject subject_of(const Validate& options) {
  const std::string& path = options.path;
  if (path.empty()) return subject_of(container::bundle_directory(options.bundle));
  if (container::is_directory(path)) return subject_of(container::bundle_directory(path));
  return {.name = path, .file = path, .bundle = container::bundle_directory(directory_of(path))};
}

/// Formats findings as compilers do: `config.json:4:20: error: /process/cwd: …`.
std::string as_lines(const std::string& file, const std::vector<container::Finding>& findings) {
  std::string text;
  for (const container::Finding& each : findings) {
    std::string line = file + ":" + std::to_string(each.line) + ":" + std::to_string(each.column);
    line.append(": ").append(each.severity).append(": ");
    if (!each.pointer.empty()) line.append(each.pointer).append(": ");
    line += each.message;
    if (!each.requirement.empty()) line.append(" [").append(each.requirement).append("]");
    text.append(printable(line)).append("\n");
  }
  return text.empty() ? printable(file) + ": valid\n" : text;
}

void check(Call& /*call*/, Validate& options) {
  if (options.path.empty() || options.bundle.empty()) return;
  fail(ErrorKind::Config, "either this or '" + options.path + "', not both", "--bundle");
}

/// Exit code: 0 valid, 1 not.
int run(Call& /*call*/, Validate& options) {
  const Subject subject = subject_of(options);
  const auto findings =
      container::validate(subject.file, subject.bundle, options.schema,
                          options.strict ? container::Strict::Yes : container::Strict::No);
  print(options.json ? spec::to_json(findings, spec::Layout::Pretty) + "\n"
                     : as_lines(subject.name, findings));
  const bool is_valid =
      std::none_of(findings.begin(), findings.end(),
                   [](const container::Finding& each) { return each.severity == "error"; });
  return is_valid ? 0 : 1;
}

}  // namespace

extern constexpr Verb kValidate = verb<Validate, run, check>(
    "validate", "report everything that is wrong with a config.json", kFlags);

}  // namespace berth::cli
