#include <catch2/catch.hpp>

#include <signal.h>
#include <unistd.h>

#include "hooks/hooks.h"
#include "runtime/linux/files/chosen_file.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/process.h"
#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

namespace berth::hooks {
namespace {

constexpr char kPointer[] = "/hooks/poststart/0";

/// A hook that runs a script of busybox.
spec::Hook script(const std::string& text) {
  return {.path = "/bin/busybox", .args = {"sh", "-c", text}, .env = {}, .timeout = {}};
}

void run_in(const TemporaryDirectory& place, const spec::Hook& hook,
            const std::string& state = "{}") {
  run(hook, kPointer, state, place.path());
}

/// The message of the error that it ends in.
std::string failure_of(const spec::Hook& hook) {
  const TemporaryDirectory place;
  try {
    run_in(place, hook);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::System);
    CHECK(error.origin() == kPointer);
    return error.message();
  }
  return "none";
}

TEST_CASE("a hook reads the state from stdin to its end (HK-STDIN-1)") {
  const TemporaryDirectory place;
  const std::string state = "{\"id\":\"" + std::string(200'000, 'x') + "\"}";
  run_in(place, script("cat > state"), state);
  CHECK(sys::read_file(place / "state") == state);
}

TEST_CASE("a hook that reads nothing is not an error") {
  const TemporaryDirectory place;
  CHECK_NOTHROW(run_in(place, script("exit 0"), std::string(1'000'000, 'x')));
}

TEST_CASE("a hook has its args as argv, the first one included (HK-ARGS-1)") {
  const TemporaryDirectory place;
  spec::Hook hook = script("tr '\\0' '\\n' < /proc/$$/cmdline | tail -n 3 > argv");
  hook.args.insert(hook.args.end(), {"zero", "one two", ""});
  run_in(place, hook);
  CHECK(sys::read_file(place / "argv") == "zero\none two\n\n");
}

TEST_CASE("a hook without args has its path as argv[0]") {
  const TemporaryDirectory place;
  sys::replace_file(place / "hook", "#!/bin/busybox sh\necho $# $0 > argv\n", 0700);
  run_in(place, {.path = place / "hook", .args = {}, .env = {}, .timeout = {}});
  CHECK(sys::read_file(place / "argv") == "0 " + (place / "hook") + "\n");
}

TEST_CASE("a hook has its own environment, or PATH alone (HK-ENV-1)") {
  const TemporaryDirectory place;
  ::setenv("BERTH_TEST_SECRET", "x", 1);
  spec::Hook hook{.path = "/bin/busybox",
                  .args = {"sh", "-c", "tr '\\0' '\\n' < /proc/$$/environ > env; true"},
                  .env = {},
                  .timeout = {}};
  run_in(place, hook);
  CHECK(sys::read_file(place / "env") == "PATH=" + std::string(::getenv("PATH")) + "\n");
  hook.env = spec::Strings{"A=1", "B=x y"};
  run_in(place, hook);
  CHECK(sys::read_file(place / "env") == "A=1\nB=x y\n");
  hook.env = spec::Strings{};
  run_in(place, hook);
  CHECK(sys::read_file(place / "env").empty());
  ::unsetenv("BERTH_TEST_SECRET");
}

TEST_CASE("a hook runs in the bundle, in a session of its own, with three descriptors") {
  const TemporaryDirectory place;
  run_in(place, script("pwd > cwd; set -- $(cat /proc/$$/stat); test $1 = $5 -a $1 = $6 && "
                       "(ls /proc/$$/fd > fds); true"));
  CHECK(sys::read_file(place / "cwd") == std::filesystem::canonical(place.path()).string() + "\n");
  CHECK(sys::read_file(place / "fds") == "0\n1\n2\n");
}

TEST_CASE("a hook that fails says how, and what it said last") {
  CHECK(failure_of(script("echo one; echo two >&2; exit 3")) ==
        "hook '/bin/busybox' exited with status 3: one two");
  CHECK(failure_of(script("exit 137")) == "hook '/bin/busybox' exited with status 137");
  CHECK(failure_of(script("kill -9 $$")) == "hook '/bin/busybox' was killed by signal 9");
}

TEST_CASE("of a long output the end is kept (SR-28)") {
  const std::string message =
      failure_of(script("yes 0123456789 | head -n 100000; echo the end; exit 1"));
  CHECK(message.size() < 2200);
  CHECK_THAT(message, Catch::EndsWith("6789 the end"));
}

TEST_CASE("a hook that cannot be executed is an error with the kernel's words (HK-PATH-1)") {
  CHECK(failure_of({.path = "/no/such/hook", .args = {}, .env = {}, .timeout = {}}) ==
        "execve '/no/such/hook': no such file or directory");
  CHECK(failure_of({.path = "/etc/passwd", .args = {}, .env = {}, .timeout = {}}) ==
        "execve '/etc/passwd': permission denied");
}

TEST_CASE("a hook whose interpreter is missing is not called missing (HK-PATH-1)") {
  const TemporaryDirectory place;
  sys::replace_file(place / "hook", "#!/no/such/interpreter\n", 0700);
  CHECK(failure_of({.path = place / "hook", .args = {}, .env = {}, .timeout = {}}) ==
        "execve '" + (place / "hook") +
            "': no such file or directory: the file is there, its interpreter or loader is not");
}

TEST_CASE("after its timeout a hook is killed with its whole group (HK-TMO-1)") {
  const TemporaryDirectory place;
  spec::Hook hook = script("echo before; sleep 1000 & echo $! > child; wait");
  hook.timeout = 1;
  try {
    run_in(place, hook);
    FAIL("it ended");
  } catch (const Error& error) {
    CHECK(error.message() == "hook '/bin/busybox' did not end within 1 s: before");
  }
  const auto child = static_cast<pid_t>(std::stol(sys::read_file(place / "child")));
  const auto stat = sys::read_process_stat(child);
  const auto alive = stat ? sys::Pidfd::open_if_alive(child, stat->start_time) : std::nullopt;
  CHECK((!alive || alive->wait_for_exit(-1)));
}

TEST_CASE("a hook that writes without end has no more time than another (HK-TMO-1 SR-28)") {
  const TemporaryDirectory place;
  spec::Hook hook = script("exec yes");
  hook.timeout = 1;
  CHECK_THROWS_WITH(run_in(place, hook), Catch::Contains("did not end within 1 s: "));
}

TEST_CASE("a child that keeps the hook's output open does not block berth") {
  const TemporaryDirectory place;
  run_in(place, script("sleep 1000 & echo $! > child"));
  const auto child = static_cast<pid_t>(std::stol(sys::read_file(place / "child")));
  CHECK(::kill(child, SIGKILL) ==
        0);  // it lived on: whatever the hook leaves behind is its business
}

TEST_CASE("a child of a failed hook that writes for ever does not block berth") {
  const TemporaryDirectory place;
  CHECK_THROWS_WITH(run_in(place, script("yes & echo $! > child; exit 4")),
                    Catch::Contains("exited with status 4"));
}

TEST_CASE("a timeout of any size counts") {
  const TemporaryDirectory place;
  spec::Hook hook = script("exit 0");
  hook.timeout = INT64_MAX;
  CHECK_NOTHROW(run_in(place, hook));
}

}  // namespace
}  // namespace berth::hooks
