// How the berth that is shipped was built. rule 44 of docs/security.md
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <sstream>

#include "tests/elf_image.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/machine.h"
#include "tests/integration/harness/running.h"

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

/// How the process may use the memory where its own program has what was relocated: "r--p".
std::string use_of_relocated(pid_t pid) {
  constexpr std::uint64_t kPage = 4096;
  const std::string process = "/proc/" + std::to_string(pid);
  const std::string program = std::filesystem::read_symlink(process + "/exe");
  const std::uint64_t place =
      ElfImage(read_file(process + "/exe")).relocated_offset() / kPage * kPage;
  std::istringstream lines(read_file(process + "/maps"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string range, use, offset;
    words >> range >> use >> offset;
    const bool is_of_program = line.find(program) != line.npos;
    if (is_of_program && std::stoull(offset, nullptr, 16) == place) return use;
  }
  return "not mapped";
}

TEST_CASE_METHOD(Running, "what was relocated is read-only, in berth and in berth-init (SR-44)",
                 "[hardening][berth]") {
  box_.create();
  CHECK(use_of_relocated(box_.pid()) == "r--p");
  Child berth(command({"sh", "-c", "echo ready; exec sleep 1000"}));
  berth.wait_for_output("ready");
  CHECK(use_of_relocated(berth.pid()) == "r--p");
  berth.signal(SIGTERM);  // which it passes on to its program
  CHECK(berth.wait().status == 128 + SIGTERM);
}

}  // namespace
}  // namespace berth::test
