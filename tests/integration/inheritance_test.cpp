// What the program is not to have of the caller, and what it is to have all the same.
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

std::string allowed_processors(const std::string& status) {
  const std::string name = "Cpus_allowed_list:\t";
  const std::size_t at = status.find(name) + name.size();
  return status.substr(at, status.find('\n', at) - at + 1);
}

TEST_CASE_METHOD(Machine, "the caller's processors are not the container's", "[process]") {
  const std::string own = allowed_processors(read_file("/proc/self/status"));
  cpu_set_t processors;
  REQUIRE(sched_getaffinity(0, sizeof processors, &processors) == 0);
  if (CPU_COUNT(&processors) < 2) return skip("there is one processor");
  Bundle bundle = new_bundle().script("grep Cpus_allowed_list /proc/self/status | cut -f 2");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [processors] {
    cpu_set_t one;
    CPU_ZERO(&one);
    int last = 0;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &processors)) last = i;
    }
    CPU_SET(last, &one);
    sched_setaffinity(0, sizeof one, &one);
  };
  CHECK_THAT(run_command(command), Prints(own));
}

TEST_CASE_METHOD(Machine, "the cpuset limits the processors (RS-CPU-1)", "[process][cgroup]") {
  Bundle bundle = new_bundle().script("grep Cpus_allowed_list /proc/self/status | cut -f 2");
  bundle.set("/linux/resources/cpu", R"({"cpus": "0"})");
  const Outcome outcome = run(bundle);
  if (contains(outcome.err, "cpuset")) return skip("no cpuset controller: " + outcome.err);
  CHECK_THAT(outcome, Prints("0\n"));
}

TEST_CASE_METHOD(Machine, "an empty HOME is set like a missing one", "[process]") {
  Bundle bundle = new_bundle();
  write_file(bundle.in_image("/etc/passwd"), "root:x:0:0::/the/root:/bin/sh\n");
  bundle.args({"sh", "-c", "echo $HOME"});
  CHECK_THAT(run(bundle.set("/process/env", R"(["PATH=/bin", "HOME="])")), Prints("/the/root\n"));
  CHECK_THAT(run(bundle.set("/process/env", R"(["PATH=/bin", "HOME=/x", "HOME="])")),
             Prints("/the/root\n"));
  CHECK_THAT(run(bundle.set("/process/env", R"(["PATH=/bin", "HOME=", "HOME=/x"])")),
             Prints("/x\n"));
}

TEST_CASE_METHOD(Machine, "an /etc/passwd that cannot be read gives HOME=/ and a remark",
                 "[process][berth]") {
  Bundle bundle = new_bundle().script("echo $HOME");
  const std::string passwd = bundle.in_image("/etc/passwd");
  std::filesystem::remove(passwd);
  SECTION("links in a circle") { REQUIRE(symlink("passwd", passwd.c_str()) == 0); }
  SECTION("too large") {
    write_file(passwd, "");
    REQUIRE(truncate(passwd.c_str(), off_t{64} << 20) == 0);
  }
  SECTION("below a file") {
    std::filesystem::remove_all(bundle.in_image("/etc"));
    write_file(bundle.in_image("/etc"), "");
  }
  CHECK_THAT(run(bundle), Prints("/\n"));
}

// ---- core files -----------------------------------------------------------------------------

std::string core_limits(const std::string& limits) {
  const std::string name = "Max core file size";
  const std::vector<std::string> words =
      words_of(limits.substr(limits.find(name) + name.size(), 60));
  return words.at(0) + " " + words.at(1);
}

TEST_CASE_METHOD(Machine,
                 "init leaves no core file, and the program has the caller's limit (SR-20)",
                 "[process][security][berth]") {
  rlimit own{};
  REQUIRE(getrlimit(RLIMIT_CORE, &own) == 0);
  if (own.rlim_max < 5'000'000) return skip("our own hard limit for core files is too low");
  const std::string hard = core_limits(read_file("/proc/self/limits"));
  Bundle bundle = new_bundle().script("grep core /proc/self/limits; exec sleep 1000");
  bundle.erase("/process/rlimits");
  Container box(*this, bundle);
  rlimit more = own;
  more.rlim_cur = 5'000'000;
  REQUIRE(setrlimit(RLIMIT_CORE, &more) == 0);
  box.create();
  REQUIRE(setrlimit(RLIMIT_CORE, &own) == 0);
  const std::string waiting =
      core_limits(read_file("/proc/" + std::to_string(box.pid()) + "/limits"));
  CHECK(waiting.substr(0, 2) == "1 ");
  box.start();
  box.wait_for_output("core");
  CHECK(core_limits(box.output()).substr(0, 8) == "5000000 ");
}

}  // namespace
}  // namespace berth::test
