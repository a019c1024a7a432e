#include "runtime/cli/perform.h"

#include "runtime/cli/output.h"
#include "runtime/cli/parse.h"
#include "runtime/container/paths.h"
#include "runtime/container/process_hygiene.h"

namespace berth::cli {

namespace {

/// Writes to the log if there is one, else to standard error.
void report(const Call& call, Level level, const std::string& what) {
  const std::string text = message(call, level, what);
  if (call.log.file.empty()) {
    print_error(text + "\n");
  } else {
    call.log.append(level, text);
  }
}

/// Engines show standard error as the container's own, or read it together with standard output. So
/// a call that has done its work prints nothing there unless it is asked to; failures that did not
/// stop it are reported in any case.
void report_all(const Call& call) {
  for (const std::string& failure : call.context.failures) report(call, Level::Warning, failure);
  if (!call.log.includes(Level::Warning)) return;
  for (const std::string& warning : call.context.warnings) report(call, Level::Warning, warning);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + word;
  return text;
}

}  // namespace

int perform(const std::vector<std::string>& words, Call& call) {
  container::prepare_process();
  const auto options = parse(words, call);
  if (!call.text.empty()) {
    print(call.text);
    return 0;
  }
  call.log.open();
  if (call.log.includes(Level::Debug))
    report(call, Level::Debug, "called as: berth" + joined(words));
  call.context.root = container::state_root(call.context.root);
  const int code = call.verb->run(call, *options);
  report_all(call);
  return code;
}

}  // namespace berth::cli
