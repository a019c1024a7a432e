#include "tests/integration/harness/runtime.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "tests/integration/harness/files.h"

namespace berth::test {

std::string Runtime::program() {
  const char* given = getenv("BERTH");
  if (given != nullptr && *given != '\0') return given;
#ifdef BERTH_PATH
  return BERTH_PATH;
#else
  FAIL("which runtime? set BERTH");
  return {};
#endif
}

bool Runtime::is_sanitized() { return contains(read_file(program()), "__asan_init"); }

void Runtime::prepare_for_tracing() { (void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1); }

Command Runtime::command(const std::vector<std::string>& args) const {
  Command command{.argv = {program(), "--root", state_root_}};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  return command;
}

std::string Runtime::tag() {
  // Our pid alone may be that of a test in another pid namespace, whose cgroups we see.
  static const std::string tag =
      "test" + std::to_string(getpid()) + "x" + std::to_string(std::random_device()());
  return tag;
}

}  // namespace berth::test
