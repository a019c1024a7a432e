#include "tests/integration/harness/holder.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/integration/harness/files.h"

namespace berth::test {

namespace {

using Ends = std::array<int, 2>;

Ends make_pipe() {
  Ends ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  return ends;
}

/// Only a child is in new pid and time namespaces: the holder is a grandchild of the test.
[[noreturn]] void make_holder(int clone_flags, const Ends& report, const Ends& leash) {
  if (unshare(clone_flags) != 0) _exit(1);
  // Else what is mounted there shows up here.
  if ((clone_flags & CLONE_NEWNS) != 0) {
    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  }
  const pid_t holder = fork();
  if (holder > 0) {
    const bool told = write(report[1], &holder, sizeof holder) == sizeof holder;
    _exit(told ? 0 : 1);
  }
  close(leash[1]);
  char none = 0;
  while (read(leash[0], &none, 1) > 0) {
  }
  _exit(0);
}

}  // namespace

Holder::Holder(int clone_flags) {
  const Ends report = make_pipe();
  const Ends leash = make_pipe();
  const pid_t maker = fork();
  REQUIRE(maker >= 0);
  if (maker == 0) make_holder(clone_flags, report, leash);
  const sys::Fd report_end(report[0]);
  close(report[1]);
  close(leash[0]);
  leash_ = sys::Fd(leash[1]);
  REQUIRE(read(report_end.get(), &pid_, sizeof pid_) == sizeof pid_);
  REQUIRE(waitpid(maker, nullptr, 0) == maker);
  if ((clone_flags & CLONE_NEWUSER) != 0) {
    const std::string directory = "/proc/" + std::to_string(pid_);
    write_value(directory + "/uid_map", "0 100000 65536\n");
    write_value(directory + "/gid_map", "0 100000 65536\n");
  }
}

Holder::~Holder() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::string Holder::path(const std::string& name) const {
  return "/proc/" + std::to_string(pid_) + "/ns/" + name;
}

}  // namespace berth::test
