// Capabilities, no_new_privs, and what must not come along from the caller: descriptors, signals,
// the keyring.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

constexpr const char* kSets =
    "grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):' /proc/self/status | cut -f 2 | tr '\\n' ' '";
constexpr const char* kNone = "0000000000000000 ";
constexpr const char* kKill = "0000000000000020 ";  // CAP_KILL is 5
constexpr const char* kBoth = "0000000000000022 ";  // CAP_DAC_OVERRIDE is 1

TEST_CASE_METHOD(Machine,
                 "the five capability sets are exactly the configured ones (PR-CAP-1 SR-22)",
                 "[privileges]") {
  Bundle bundle = new_bundle().set("/process/capabilities", R"({
    "bounding": ["CAP_KILL", "CAP_DAC_OVERRIDE"], "permitted": ["CAP_KILL", "CAP_DAC_OVERRIDE"],
    "effective": ["CAP_KILL"], "inheritable": ["CAP_KILL"], "ambient": ["CAP_KILL"]})");
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  // Exec of a program without capabilities gives another user what is ambient, no more.
  CHECK_THAT(run(bundle, kSets), Prints(std::string(kKill) + kKill + kKill + kBoth + kKill));
}

TEST_CASE_METHOD(Machine,
                 "root gets what the bounding set has, and nothing inheritable (PR-CAP-1 SR-22)",
                 "[privileges]") {
  Bundle bundle = new_bundle().set("/process/capabilities", R"({
    "bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]})");
  CHECK_THAT(run(bundle, kSets), Prints(std::string(kNone) + kKill + kKill + kKill + kNone));
}

TEST_CASE_METHOD(Machine, "no sets mean no capabilities (PR-CAP-1 SR-22)", "[privileges]") {
  Bundle bundle = new_bundle().set("/process/capabilities", "{}");
  CHECK_THAT(run(bundle, kSets), Prints(std::string(kNone) + kNone + kNone + kNone + kNone));
}

TEST_CASE_METHOD(Machine, "an unknown capability is left out (PR-CAP-1 PR-CAP-2 RT-WARN-1)",
                 "[privileges]") {
  Bundle bundle = new_bundle().capabilities({"CAP_KILL", "CAP_WORLD_PEACE"});
  const Outcome outcome = run(bundle, kSets);
  CHECK_THAT(outcome, Prints(std::string(kKill) + kKill + kKill + kKill + kKill));
}

TEST_CASE_METHOD(Machine, "a capability that the caller lacks is a warning (PR-CAP-2)",
                 "[privileges][berth]") {
  Bundle bundle = new_bundle().capabilities({"CAP_KILL", "CAP_SYS_RESOURCE"});
  const Outcome outcome = run(bundle, kSets);
  const Outcome planned = call({"plan", "--bundle", bundle.directory()});
  if (!contains(planned.err, "CAP_SYS_RESOURCE")) {
    return skip("the caller has CAP_SYS_RESOURCE, which this test does without");
  }
  CHECK_THAT(outcome, Prints(std::string(kKill) + kKill + kKill + kKill + kKill));
}

TEST_CASE_METHOD(Machine, "noNewPrivileges decides the bit (PR-NNP-1)", "[privileges]") {
  Bundle bundle = new_bundle().script("grep NoNewPrivs: /proc/self/status | cut -f 2");
  CHECK_THAT(run(bundle.set("/process/noNewPrivileges", "true")), Prints("1\n"));
  CHECK_THAT(run(bundle.set("/process/noNewPrivileges", "false")), Prints("0\n"));
}

TEST_CASE_METHOD(Machine, "no descriptor but stdio reaches the program (RL-FD-1 SR-16)",
                 "[privileges][security]") {
  Bundle bundle = new_bundle().script("ls /proc/self/fd");
  const sys::Fd directory(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [&] {
    for (const int number : {3, 5, 9}) pass_descriptor(directory.get(), number);
  };
  // The fourth is the directory that ls reads.
  CHECK_THAT(run_command(command), Prints("0\n1\n2\n3\n"));
}

/// A file that can be read once, to be passed on.
sys::Fd readable(const std::string& path, const std::string& text) {
  write_file(path, text);
  sys::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(file);
  return file;
}

TEST_CASE_METHOD(Machine, "as many descriptors as --preserve-fds says are passed on (RL-FD-2)",
                 "[privileges]") {
  Bundle bundle = new_bundle().script("cat <&3; cat <&4; ls /proc/self/fd");
  const sys::Fd three = readable(place() + "/three", "third\n");
  const sys::Fd four = readable(place() + "/four", "fourth\n");
  Command command = runtime().command(
      {"run", "--preserve-fds", "2", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [&] {
    // Not in the way of each other: 3 and 4 may be taken.
    const int first = fcntl(three.get(), F_DUPFD_CLOEXEC, 20);
    const int second = fcntl(four.get(), F_DUPFD_CLOEXEC, 20);
    pass_descriptor(first, 3);
    pass_descriptor(second, 4);
    pass_descriptor(second, 5);
  };
  CHECK_THAT(run_command(command), Prints("third\nfourth\n0\n1\n2\n3\n4\n5\n"));
}

TEST_CASE_METHOD(Machine, "sockets of socket activation are passed on (RL-FD-2)", "[privileges]") {
  Bundle bundle = new_bundle().script("cat <&3; echo $LISTEN_FDS $LISTEN_PID");
  const sys::Fd three = readable(place() + "/three", "third\n");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [&] {
    pass_descriptor(three.get(), 3);
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  };
  CHECK_THAT(run_command(command), Prints("third\n1 1\n"));
}

// runc passes a blocked signal on.
TEST_CASE_METHOD(Machine, "blocked and ignored signals of the caller are reset (SR-24)",
                 "[privileges][security][berth]") {
  Bundle bundle = new_bundle().script("grep -E '^Sig(Blk|Ign):' /proc/self/status | cut -f 2");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [] {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGRTMIN + 3);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    (void)std::signal(SIGHUP, SIG_IGN);  // both are known to work
    (void)std::signal(SIGPIPE, SIG_IGN);
  };
  CHECK_THAT(run_command(command), Prints("0000000000000000\n0000000000000000\n"));
}

TEST_CASE_METHOD(Machine, "the program leads a session of its own (SR-23)",
                 "[privileges][security]") {
  Bundle bundle = new_bundle();
  // Fields 5 and 6 of stat: process group and session.
  CHECK_THAT(run(bundle, "cut -d ' ' -f 1,5,6 /proc/1/stat"), Prints("1 1 1\n"));
}

TEST_CASE_METHOD(Machine,
                 "a cwd through a leaked descriptor does not lead to the host (SR-16 SR-17)",
                 "[privileges][security]") {
  const std::string outside = new_directory("outside");
  write_file(outside + "/host-file", "");
  Bundle bundle = new_bundle();
  const sys::Fd directory(open(outside.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int number = 3; number <= 13; ++number) {
    INFO(number);
    bundle.set("/process/cwd", json::quote("/proc/self/fd/" + std::to_string(number)));
    bundle.script("ls; ls ../outside; echo end");
    Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
    command.prepare = [&] {
      const int source = fcntl(directory.get(), F_DUPFD_CLOEXEC, 20);
      for (int to = 3; to <= 13; ++to) pass_descriptor(source, to);
    };
    CHECK_FALSE(contains(run_command(command).out, "host-file"));
  }
}

}  // namespace
}  // namespace berth::test
