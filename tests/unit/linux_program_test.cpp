#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/program.h"
#include "runtime/linux/process/sealed_program.h"
#include "runtime/linux/process/signals.h"
#include "runtime/linux/streams/pipe.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

Fd sealed_shell() {
  const std::string bytes = read_file("/bin/busybox", std::size_t{16} << 20);
  return sealed_program("shell", bytes.data(), bytes.size());
}

Fd nothing() { return open("/dev/null", O_RDWR); }

std::string line_of(const std::string& status, const std::string& name) {
  const std::size_t start = status.find(name);
  return status.substr(start, status.find('\n', start) - start);
}

/// What a program prints that is started by spawn_command.
std::string output_of(const std::string& script, std::vector<std::string> environment = {}) {
  auto [reading, writing] = make_pipe();
  Command command{.path = "/bin/busybox",
                  .arguments = {"sh", "-c", script},
                  .environment = std::move(environment),
                  .directory = "/"};
  ChildProcess child = spawn_command(command, nothing(), writing);
  writing = {};
  CHECK(child.reap() == 0);
  return read_all(reading, "output");
}

TEST_CASE("a sealed program runs with its arguments and without environment") {
  const auto [reading, writing] = make_pipe();
  const std::string to_pipe = " >&" + std::to_string(writing.get());
  SealedProgram program(
      sealed_shell(),
      {"sh", "-c", "echo $0 $1" + to_pipe + "; cat /proc/$$/environ" + to_pipe + "; true", "a",
       "b"},
      {writing.get()});
  CHECK(program.reap() == 0);
  std::array<char, 64> bytes = {};
  const Transfer transfer = read_some(reading.get(), bytes);
  CHECK(std::string(bytes.data(), transfer.size) == "a b\n");
}

TEST_CASE("a sealed program inherits what is named and nothing else") {
  const auto [reading, writing] = make_pipe();
  const Fd kept = nothing(), secret = nothing();
  const std::string test = "test -e /proc/$$/fd/";
  SealedProgram program(
      sealed_shell(),
      {"sh", "-c",
       test + std::to_string(kept.get()) + " && ! " + test + std::to_string(secret.get())},
      {kept.get()});
  CHECK(program.reap() == 0);
  CHECK(::fcntl(kept.get(), F_GETFD) == FD_CLOEXEC);  // ours is as it was
}

TEST_CASE("a program that cannot be executed is an error with its name, and no child is left") {
  const Fd text = sealed_program("text", "no program", 10);
  SealedProgram program(text, {"text"}, {});
  CHECK_THROWS_WITH(program.reap(), "execveat 'text': exec format error");
  const Command missing{
      .path = "/no/such", .arguments = {"x"}, .environment = {}, .directory = "/"};
  CHECK_THROWS_WITH(spawn_command(missing, nothing(), nothing()),
                    "execve '/no/such': no such file or directory");
  const Command nowhere{.path = "/bin/true",
                        .arguments = {"x"},
                        .environment = {},
                        .directory = std::string(5000, 'x')};
  CHECK_THROWS_WITH(spawn_command(nowhere, nothing(), nothing()),
                    Catch::EndsWith("xxx': file name too long") && Catch::StartsWith("chdir"));
  CHECK_FALSE(reap_any_if_ended());
}

TEST_CASE("a command has three descriptors, its environment, a session and a directory") {
  const Fd secret(::fcntl(nothing().get(), F_DUPFD, 100));  // not even close-on-exec
  CHECK(output_of("echo /proc/self/fd/*") ==
        "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 "
        "/proc/self/fd/3\n");  // 3: the listing itself
  CHECK(output_of("tr '\\0' '\\n' < /proc/$$/environ; true", {"B=1", "A=2"}) == "B=1\nA=2\n");
  CHECK(output_of("set -- $(cat /proc/$$/stat); test $1 = $5 -a $1 = $6 && pwd") == "/\n");
}

TEST_CASE("a program begins with every signal default and unblocked (SR-24)") {
  SignalFd blocked({SIGTERM, SIGUSR1});
  ignore_signals_of_writes();
  const auto before = ::signal(SIGRTMIN + 3, SIG_IGN);
  const std::string status = output_of("exec /bin/busybox cat /proc/self/status");
  (void)::signal(SIGRTMIN + 3, before);
  (void)::signal(SIGPIPE, SIG_DFL);
  (void)::signal(SIGXFSZ, SIG_DFL);
  CHECK(line_of(status, "SigBlk:") == "SigBlk:\t0000000000000000");
  CHECK(line_of(status, "SigIgn:") == "SigIgn:\t0000000000000000");
}

TEST_CASE("a child ends with its handle unless it is released") {
  const Command sleep{
      .path = "/bin/busybox", .arguments = {"sleep", "1000"}, .environment = {}, .directory = "/"};
  pid_t pid = 0;
  {
    const ChildProcess child = spawn_command(sleep, nothing(), nothing());
    pid = child.pid();
  }
  CHECK_FALSE(read_process_stat(pid));
  {
    ChildProcess child = spawn_command(sleep, nothing(), nothing());
    pid = child.release();
  }
  ChildProcess again = ChildProcess(pid);
  CHECK(again.handle().signal(SIGTERM));
  CHECK(again.reap_exit().signal == SIGTERM);
}

TEST_CASE("signals are read from a descriptor, and do not end berth when that is gone") {
  sigset_t before = {};
  (void)::sigprocmask(SIG_SETMASK, nullptr, &before);
  {
    SignalFd signals({SIGUSR1, SIGUSR2});
    (void)::raise(SIGUSR2);
    CHECK(signals.read() == SIGUSR2);
    (void)::raise(SIGUSR1);
  }
  (void)::raise(SIGUSR2);  // would end this process, as SIGUSR1 would have
  SignalFd again({SIGUSR1, SIGUSR2});
  CHECK(again.read() == SIGUSR1);
  CHECK(again.read() == SIGUSR2);
  (void)::sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a program whose directory was removed begins in the root directory (HK-PATH-1)") {
  const Command pwd{.path = "/bin/busybox",
                    .arguments = {"sh", "-c", "test $(pwd) = /"},
                    .environment = {},
                    .directory = "/removed/bundle"};
  CHECK(spawn_command(pwd, nothing(), nothing()).reap() == 0);
}

TEST_CASE("a program of the host is found without the caller's PATH") {
  CHECK(find_program("sh").find("/bin/sh") != std::string::npos);
  CHECK(find_program("no-such-program").empty());
}

}  // namespace
}  // namespace berth::sys
