#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/process.h"

namespace berth::sys {
namespace {

/// A child that does nothing until it is killed.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ == 0) {
      while (true) ::pause();
    }
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    (void)::kill(pid_, SIGKILL);
    (void)::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }
  std::uint64_t start_time() const { return read_process_stat(pid_)->start_time; }

 private:
  pid_t pid_;
};

/// The directory in /proc of a process that has ended and was reaped: every walk through it is
/// ESRCH.
Dir directory_of_ended_process() {
  const Sleeper sleeper;
  return open_dir("/proc/" + std::to_string(sleeper.pid()));
}

TEST_CASE("a process that ends while its files in /proc are opened has none (SR-34)") {
  const Dir gone = directory_of_ended_process();
  REQUIRE(::faccessat(gone.fd.get(), "stat", F_OK, 0) == -1);
  REQUIRE(errno == ESRCH);
  CHECK_FALSE(open_at_if_exists(gone, "stat", O_RDONLY));
  CHECK_FALSE(open_dir_at_if_exists(gone, "ns"));
  CHECK_FALSE(read_file_at_if_exists(gone, "stat"));
  const std::string path = "/proc/self/fd/" + std::to_string(gone.fd.get());
  CHECK_FALSE(read_file_if_exists(path + "/stat"));
  CHECK_FALSE(open_dir_if_exists(path + "/ns"));
  CHECK_FALSE(inode_if_exists(path + "/ns/net"));
}

TEST_CASE("a process is its pid and its start time (SR-34)") {
  const Sleeper sleeper;
  CHECK(Pidfd::open_if_alive(sleeper.pid(), sleeper.start_time()));
  CHECK_FALSE(Pidfd::open_if_alive(sleeper.pid(), sleeper.start_time() + 1));
  CHECK_FALSE(Pidfd::open_if_alive(0, 0));
  CHECK_FALSE(Pidfd::open_if_alive(-1, 0));
}

TEST_CASE("a process whose start time is not known is its pid and its number (SR-34)") {
  const Sleeper sleeper, other;
  const std::uint64_t number = pidfd_inode_of(sleeper.pid());
  if (number == 0) {
    WARN("skipped: this kernel gives no numbers to processes");
    return;
  }
  CHECK(Pidfd::open_if_alive(sleeper.pid(), 0, number));
  CHECK_FALSE(Pidfd::open_if_alive(sleeper.pid(), 0, pidfd_inode_of(other.pid())));
  CHECK_FALSE(Pidfd::open_if_alive(sleeper.pid(), 0));
  // A stranger that has started in the same tick of the clock.
  CHECK(Pidfd::open_if_alive(sleeper.pid(), sleeper.start_time(), number));
  CHECK_FALSE(
      Pidfd::open_if_alive(sleeper.pid(), sleeper.start_time(), pidfd_inode_of(other.pid())));
  // A time that can be seen has to be the right one, whatever the number is.
  CHECK_FALSE(Pidfd::open_if_alive(sleeper.pid(), sleeper.start_time() + 1, number));
}

TEST_CASE("a signal reaches a process through its handle, until it has ended (SR-34)") {
  const Sleeper sleeper;
  const Pidfd handle = Pidfd::open_child(sleeper.pid());
  CHECK_FALSE(handle.wait_for_exit(0));
  CHECK(handle.signal(SIGKILL));
  CHECK(handle.wait_for_exit(-1));
  CHECK_FALSE(handle.signal(SIGKILL));  // a zombie
  CHECK_FALSE(Pidfd::open_if_alive(sleeper.pid(), sleeper.start_time()));
}

TEST_CASE("the parent of a process is read from the kernel") {
  const auto own = read_process_stat(::getpid());
  REQUIRE(own);
  CHECK(own->parent == ::getppid());
}

TEST_CASE("a process that was not reaped is dead but can be read") {
  const Sleeper sleeper;
  const std::uint64_t start_time = sleeper.start_time();
  const Pidfd handle = Pidfd::open_child(sleeper.pid());
  REQUIRE(handle.signal(SIGKILL));
  REQUIRE(handle.wait_for_exit(-1));
  const auto stat = read_process_stat(sleeper.pid());
  REQUIRE(stat);
  CHECK(stat->is_dead());
  CHECK(stat->start_time == start_time);
}

/// Between taking the signal and beginning to end it shows neither, so one process does not do.
TEST_CASE("a process that was killed is known before it has ended") {
  constexpr int kProcesses = 50;
  int known = 0;
  for (int i = 0; i < kProcesses; ++i) {
    const Sleeper sleeper;
    auto stat = read_process_stat(sleeper.pid());
    REQUIRE(stat);
    CHECK_FALSE((stat->is_killed || stat->is_exiting));
    REQUIRE(::kill(sleeper.pid(), SIGKILL) == 0);
    stat = read_process_stat(sleeper.pid());
    REQUIRE(stat);
    known += stat->is_killed || stat->is_exiting ? 1 : 0;
  }
  CHECK(known > 0);
}

TEST_CASE("a command with spaces and parentheses in its name does not confuse") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const char name[] = "a) R 1 (b";
    const int comm = ::open("/proc/self/comm", O_WRONLY);
    (void)!::write(comm, name, sizeof name - 1);
    (void)::raise(SIGSTOP);
    ::_exit(0);
  }
  REQUIRE(::waitpid(pid, nullptr, WUNTRACED) == pid);
  const auto stat = read_process_stat(pid);
  REQUIRE(stat);
  CHECK(stat->comm == "a) R 1 (b");
  CHECK(stat->state == 'T');
  CHECK(Pidfd::open_if_alive(pid, stat->start_time));
  REQUIRE(::kill(pid, SIGCONT) == 0);
  CHECK(reap_exit(pid).status() == 0);
  CHECK_FALSE(read_process_stat(pid));
}

TEST_CASE("a child's end is a code or a signal, and a status as shells have it") {
  pid_t pid = ::fork();
  if (pid == 0) ::_exit(137);
  const Exit exited = reap_exit(pid);
  CHECK(exited.code == 137);
  CHECK(exited.signal == 0);
  CHECK(exited.status() == 137);

  pid = ::fork();
  if (pid == 0) {
    (void)::raise(SIGKILL);
  }
  const Exit killed = reap_exit(pid);
  CHECK(killed.signal == SIGKILL);
  CHECK(killed.status() == 137);
}

TEST_CASE("any ended child can be reaped, and it is not an error if there is none") {
  CHECK_FALSE(reap_any_if_ended());
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(3);
  REQUIRE(Pidfd::open_child(pid).wait_for_exit(-1));
  const auto reaped = reap_any_if_ended();
  REQUIRE(reaped);
  CHECK(reaped->pid == pid);
  CHECK(reaped->status == 3);
}

TEST_CASE("namespaces and program of a process are read from the kernel") {
  const Sleeper sleeper;
  const auto ours = read_namespace_inodes(own_pid());
  const auto theirs = read_namespace_inodes(sleeper.pid());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    INFO(ours[i].name);
    CHECK(ours[i].inode == theirs[i].inode);
  }
  CHECK(executable_of(sleeper.pid()) == executable_of(own_pid()));
  CHECK_FALSE(executable_of(-1).has_value());
}

}  // namespace
}  // namespace berth::sys
