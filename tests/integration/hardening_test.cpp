// How the berth that is shipped was built. rule 44 of docs/security.md
#include <catch2/catch.hpp>

#include "tests/elf_image.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/machine.h"

namespace berth::test {
namespace {

TEST_CASE("the shipped berth is one static file, loaded anywhere and bound at once (SR-30 SR-44)",
          "[hardening][berth]") {
  const std::string file = read_file(Runtime::program());
  const ElfImage program(file);
  REQUIRE(program.is_elf());
  CHECK(program.is_position_independent());
  CHECK(program.is_bound_at_once());
  CHECK_FALSE(program.has_executable_stack());
  CHECK_FALSE(program.has_writable_code());
#ifdef __x86_64__
  CHECK(program.count_in_code(kLandingPad) > 100);
  CHECK(program.count_in_code(kCanary) > 100);
#endif
  if (!program.is_static()) return skip("a berth for the debugger is not one file");
  // Of libcap-ng it has the names alone, and not what reads this at each start and looks users up.
  CHECK(file.find("/proc/sys/kernel/cap_last_cap") == file.npos);
  // Nor the demangler of libstdc++'s first handler of exceptions.
  CHECK(file.find("construction vtable for ") == file.npos);
}

}  // namespace
}  // namespace berth::test
