// berth. The only place that reports an error and picks the exit code for it.
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

#include "runtime/cli/output.h"
#include "runtime/cli/perform.h"
#include "spec/error.h"

namespace {

using berth::cli::Call;
using berth::cli::Level;

/// Reports on standard error and in the log. Earlier failures go to standard error only, because
/// engines read the log of a failed call as one document.
int report(const Call& call, const std::string& problem) {
  for (const std::string& failure : call.context.failures) {
    berth::cli::print_error(message(call, Level::Warning, failure) + "\n");
  }
  const std::string text = message(call, Level::Error, problem);
  berth::cli::print_error(text + "\n");
  call.log.append(Level::Error, text);
  return call.context.error_status;
}

/// Runs if undoing an error throws another one, or if there is no memory even for the error's text.
[[noreturn]] void give_up() {
  berth::cli::print_error(
      "berth: no memory to go on, or a bug of berth; `berth delete --force ID` removes what is "
      "left\n");
  std::_Exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  std::set_terminate(give_up);
  Call call;
  try {
    return berth::cli::perform({argv + (argc > 0 ? 1 : 0), argv + argc}, call);
  } catch (const berth::Error& error) {
    return report(call, error.what());
  } catch (const std::bad_alloc&) {
    return report(call,
                  "out of memory; hint: is RLIMIT_DATA, RLIMIT_AS or a memory limit too small?");
  } catch (const std::exception& error) {
    return report(call, std::string("a bug of berth: ") + error.what());
  }
}
