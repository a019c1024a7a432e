// exec in the foreground: who gets a signal, and when the command ends.
#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/running.h"
#include "tests/integration/harness/schedule.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Running, "signals to a foreground exec go on to its program", "[exec]") {
  run_it();
  Child child(command({"sh", "-c",
                       "trap 'echo got; exit 3' TERM; echo ready; "
                       "while true; do sleep 0.05; done"}));
  child.wait_for_output("ready");
  child.signal(SIGTERM);
  CHECK_THAT(child.wait().out, Catch::Contains("got"));
  CHECK(box_.status() == "running");
}

/// In a fork, where nothing may fail the test: false also if the process has ended.
bool blocks(pid_t pid, int signal) {
  const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
  const std::size_t at = status.find("SigBlk:");
  if (at == std::string::npos) return false;
  const std::uint64_t blocked = std::strtoull(status.c_str() + at + 7, nullptr, 16);
  return (blocked >> (signal - 1) & 1) != 0;
}

/// In a process of its own, which is not the child of this one: sends TERM to this one once `began`
/// exists, then makes `sent`; and before, once this one blocks it, the other signal, unless it is
/// 0.
void terminate_later(const std::string& began, const std::string& sent, int other) {
  const pid_t pid = getpid();
  const sys::Fd target = open_pidfd(pid);
  const auto send = [&](int signal) {
    (void)syscall(SYS_pidfd_send_signal, target.get(), signal, nullptr, 0);
  };
  if (fork() == 0) {
    if (fork() != 0) _exit(0);
    pollfd end = {.fd = target.get(), .events = POLLIN, .revents = 0};
    while (!std::filesystem::exists(began) && poll(&end, 1, 0) == 0) {
      if (other != 0 && blocks(pid, other)) send(std::exchange(other, 0));
      std::this_thread::yield();
    }
    send(SIGTERM);
    (void)close(open(sent.c_str(), O_CREAT | O_WRONLY, 0600));
    _exit(0);
  }
  (void)wait(nullptr);
}

/// An exec whose program gets TERM as soon as it runs.
class Terminated : public Running {
 protected:
  /// Runs it by the schedule, in which the program enters chdir(2) when the signal has been sent.
  void check_gets_it(Schedule& schedule, int other = 0) {
    run_it();
    Command program =
        command({"sh", "-c",
                 "trap 'echo got; exit 3' TERM; touch /tmp/began; "
                 "until [ -e /tmp/sent ]; do :; done; "
                 "i=0; while [ $i -lt 200 ]; do [ -e /tmp/sent ]; i=$((i + 1)); done; "
                 "cd /tmp; while :; do sleep 0.05; done"});
    const std::string began = box_.inside("/tmp/began"), sent = box_.inside("/tmp/sent");
    program.prepare = [&] { terminate_later(began, sent, other); };
    const Outcome outcome = schedule.run(program);
    CHECK(outcome.status == 3);
    CHECK(outcome.out == "got\n");
  }

  const Point program_got_it_ = Point::entry(Who::Child, SYS_chdir);
};

TEST_CASE_METHOD(Terminated, "a signal that comes before init has ended is the program's",
                 "[exec][berth]") {
  // Where init is when the signal comes: at its end, or still where it has made its fork.
  const Point late =
      GENERATE(Point::entry(Who::Prologue, SYS_exit_group), Point::after(Who::Prologue, SYS_clone));
  Schedule schedule;
  schedule.hold(late, program_got_it_);
  check_gets_it(schedule);
}

TEST_CASE_METHOD(Terminated,
                 "a signal that comes behind the report of the fork is the program's, although "
                 "another one came before it",
                 "[exec][berth]") {
  // The other signal ends berth's wait for the report. When berth reads it, it gets TERM first,
  // which has the lower number, and the report is there, too.
  // The first two of its polls ask whether the container's process has ended.
  const Point has_waited = {.who = Who::Berth, .call = SYS_poll, .at = Point::At::Return, .nth = 3};
  Schedule schedule;
  schedule.hold(Point::entry(Who::Prologue, SYS_clone), has_waited);
  schedule.hold(has_waited, program_got_it_);
  check_gets_it(schedule, SIGWINCH);
}

TEST_CASE_METHOD(Running, "TERM ends an exec that waits for a file of its container",
                 "[exec][berth]") {
  const std::string passwd = bundle_.in_image("/etc/passwd");
  std::filesystem::create_directories(bundle_.in_image("/etc"));
  write_file(passwd, "root:x:0:0::/root:/bin/sh\n");
  run_it();
  // Who opens the file waits for the test, as for the server of a FUSE.
  const sys::Fd opens(fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY));
  const bool is_held = opens && fanotify_mark(opens.get(), FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD,
                                              passwd.c_str()) == 0;
  if (!is_held) return skip("this kernel has no permission events of fanotify(7)");
  Child child(command({"true"}));
  REQUIRE(wait_readable(opens.get(), Deadline()));
  child.signal(SIGTERM);
  CHECK(child.wait().status == 128 + SIGTERM);
}

TEST_CASE_METHOD(Running, "an exec with a terminal ends with its program, although others write on",
                 "[exec]") {
  run_it();
  Child child(command({"sh", "-c", "(trap '' HUP; yes) & sleep 0.1; exit 4"}, {"--tty"}));
  CHECK(child.wait().status == 4);
}

TEST_CASE_METHOD(Running, "TERM ends an exec whose program has ended and whose output nobody reads",
                 "[exec][berth]") {
  run_it();
  const std::string pid_file = place() + "/pid";
  Child child(command({"sh", "-c", "(trap '' HUP; yes) & sleep 0.1; exit 4"},
                      {"--tty", "--pid-file", pid_file}));
  REQUIRE(eventually([&] { return std::filesystem::exists(pid_file); }));
  const std::string program = "/proc/" + read_file(pid_file);
  REQUIRE(eventually([&] { return !std::filesystem::exists(program); }));
  child.signal(SIGTERM);
  CHECK(child.exits_within(std::chrono::seconds(10)));
  CHECK(child.wait().status == 4);
}

}  // namespace
}  // namespace berth::test
