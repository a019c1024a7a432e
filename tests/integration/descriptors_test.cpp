// Descriptors: what init has while it waits, what the program gets.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

/// Kinds of descriptors beyond stdio, in their order: `socket`, `berth-seccomp`, …
std::vector<std::string> kinds_beyond_stdio(pid_t pid) {
  std::vector<std::string> kinds;
  for (const Descriptor& each : descriptors_of(pid)) {
    if (each.number <= 2) continue;
    kinds.push_back(each.target.substr(0, each.target.find_first_of(":(")));
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

constexpr char kProfile[] = R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {"names": ["acct"], "action": "SCMP_ACT_ERRNO"}]})";

TEST_CASE_METHOD(Machine, "init that waits for its start has nothing open but its socket (SR-18)",
                 "[descriptors][security][berth]") {
  Bundle bundle = new_bundle().args({"sleep", "1000"});
  // All that init opens on its way.
  bundle.set("/linux/sysctl", R"({"net.ipv4.ip_default_ttl": "77"})");
  bundle.add_mount("tmpfs", "tmpfs", "/etc", {"tmpcopyup"});
  bundle.add_mount("bind", new_directory("volume"), "/data", {"bind"});
  bundle.set("/process/cwd", R"("/new")");
  Container box(*this, bundle);
  box.create();
  CHECK(kinds_beyond_stdio(box.pid()) == std::vector<std::string>{"socket"});
  box.start();
  REQUIRE(eventually([&] { return kinds_beyond_stdio(box.pid()).empty(); }));
}

TEST_CASE_METHOD(Machine, "with a filter init has that, too (SR-18)",
                 "[descriptors][security][berth]") {
  Bundle bundle = new_bundle().args({"sleep", "1000"}).set("/linux/seccomp", kProfile);
  Container box(*this, bundle);
  box.create();
  CHECK(kinds_beyond_stdio(box.pid()) == std::vector<std::string>{"/memfd", "socket"});
  box.start();
  REQUIRE(eventually([&] { return kinds_beyond_stdio(box.pid()).empty(); }));
}

struct Passed {
  std::vector<int> open;  ///< by the caller, each a file that says its number
  std::string count;      ///< --preserve-fds
  std::string expected;
};

TEST_CASE_METHOD(Machine,
                 "preserved descriptors that the caller had closed stay closed (RL-FD-2 SR-15)",
                 "[descriptors][security]") {
  const auto [open, count, expected] = GENERATE(values<Passed>({
      {{4}, "2", "4 file 4\n"},
      {{3, 5}, "3", "3 file 3\n5 file 5\n"},
      {{}, "3", ""},
      {{9}, "7", "9 file 9\n"},
      {{}, "200", ""},
  }));
  Bundle bundle = new_bundle();
  const bool has_hook = GENERATE(false, true);
  if (has_hook) bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/true"}]})");
  bundle.set("/linux/seccomp", kProfile);
  // The shell itself opens 3 for the directory, if nothing else is there.
  bundle.script(
      "cd /proc/$$/fd; for n in *; do [ $n -gt 2 ] && [ $n -lt 300 ] && [ -e $n ] && "
      "echo $n $(cat <&$n); done; true");
  Command command = runtime().command(
      {"run", "-b", bundle.directory(), "--preserve-fds", count, runtime().new_id()});
  const std::string place = this->place();
  command.prepare = [open = open, place] {
    for (int fd = 3; fd < 300; ++fd) close(fd);
    for (const int number : open) {
      const std::string name = place + "/file" + std::to_string(number);
      write_file(name, "file " + std::to_string(number));
      const int fd = ::open(name.c_str(), O_RDONLY);
      if (fd != number) {
        dup2(fd, number);
        close(fd);
      }
    }
  };
  CHECK_THAT(run_command(command), Prints(expected));
}

// ---- /dev/null ------------------------------------------------------------------------------

Command with_nulls(Command command, int flags) {
  command.prepare = [flags] {
    const int null = open("/dev/null", flags);
    for (int stream = 0; stream <= 2; ++stream) dup2(null, stream);
  };
  return command;
}

TEST_CASE_METHOD(Machine,
                 "a standard stream that is a read-only null device becomes the container's own, "
                 "for reading and writing",
                 "[descriptors]") {
  Bundle bundle = new_bundle();
  const std::string out = new_directory("out");
  bundle.add_mount("bind", out, "/out", {"bind"});
  bundle.script(
      "exec 9> /out/result; echo hi; echo $? >&9; echo hi >&2; echo $? >&9; read x; echo $? >&9; "
      "for n in 0 1 2; do "
      "echo $(stat -L -c %d /dev/null /proc/$$/fd/$n | uniq | wc -l) >&9; done");
  const bool is_create = GENERATE(false, true);
  if (is_create) {
    const std::string id = runtime().new_id();
    REQUIRE(run_command(
                with_nulls(runtime().command({"create", "-b", bundle.directory(), id}), O_RDONLY))
                .status == 0);
    CHECK_THAT(call({"start", id}), Succeeds());
    CHECK(eventually([&] { return contains(call({"state", id}).out, "stopped"); }));
    CHECK_THAT(call({"delete", id}), Succeeds());
  } else {
    CHECK(run_command(
              with_nulls(runtime().command({"run", "-b", bundle.directory(), runtime().new_id()}),
                         O_RDONLY))
              .status == 0);
  }
  CHECK(read_file(out + "/result") == "0\n0\n1\n1\n1\n1\n");
}

TEST_CASE_METHOD(Machine, "streams that are not a null device are not replaced", "[descriptors]") {
  Bundle bundle = new_bundle();
  const std::string file = place() + "/zero";
  bundle.script("head -c 3 | wc -c; stat -L -c '%t:%T' /proc/self/fd/0");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [] { dup2(open("/dev/zero", O_RDONLY), 0); };
  CHECK_THAT(run_command(command), Prints("3\n1:5\n"));
}

TEST_CASE_METHOD(Machine, "a file of the image in the place of the null device is not opened",
                 "[descriptors][security]") {
  Bundle bundle = new_bundle();
  bundle.set("/mounts", "[]").set("/linux/maskedPaths", "[]").set("/linux/readonlyPaths", "[]");
  bundle.add_mount("proc", "proc", "/proc", {});
  // berth makes its own over nothing; here a file of the image's comes on top.
  const std::string fake = place() + "/fake";
  write_file(fake, "", 0666);
  bundle.add_mount("tmpfs", "tmpfs", "/dev", {});
  bundle.set("/hooks",
             R"({"createContainer": [{"path": "/bin/sh", "args": ["sh", "-c", "mount -o bind )" +
                 fake + " " + bundle.in_image("/dev/null") + R"("]}]})");
  bundle.script("echo into");
  const Outcome outcome = run_command(
      with_nulls(runtime().command({"run", "-b", bundle.directory(), runtime().new_id()}), O_RDWR));
  CHECK(outcome.status == 0);
  CHECK(read_file(fake).empty());
}

}  // namespace
}  // namespace berth::test
