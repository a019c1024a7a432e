// Terminals: the console socket of create, and a person at a foreground run.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/mountinfo.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

Bundle with_terminal(Machine& machine, const std::string& script) {
  Bundle bundle = machine.new_bundle();
  return bundle.set("/process/terminal", "true").script(script);
}

TEST_CASE_METHOD(Machine,
                 "the console socket gets the master of the program's terminal "
                 "(PR-TTY-1)",
                 "[terminal]") {
  Bundle bundle = with_terminal(*this, "tty; tty <&1; tty <&2; read line; echo got $line");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  const sys::Fd master = console.receive_master();
  box.start();
  read_until(master, "/dev/pts/0\n/dev/pts/0\n/dev/pts/0\n");
  REQUIRE(write(master.get(), "words\n", 6) == 6);
  read_until(master, "got words\n");
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "the terminal is the controlling one, and /dev/console is it (DD-2)",
                 "[terminal]") {
  Bundle bundle = with_terminal(
      *this,
      "echo over tty > /dev/tty; echo over console > /dev/console; cut -d ' ' -f 7,8 /proc/1/stat");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  CHECK(mount_at(box.pid(), "/dev/console").type == "devpts");
  const sys::Fd master = console.receive_master();
  box.start();
  // 34816 is device 136:0; the foreground group is the program's.
  read_until(master, "over tty\nover console\n34816 1\n");
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "consoleSize is the terminal's size (PR-TTY-2)", "[terminal]") {
  Bundle bundle = with_terminal(*this, "stty size")
                      .set("/process/consoleSize", R"({"height": 33, "width": 111})");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  const sys::Fd master = console.receive_master();
  box.start();
  read_until(master, "33 111\n");
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "the terminal belongs to the program's user", "[terminal]") {
  Bundle bundle = with_terminal(*this, "stat -L -c %u:%a /dev/stdin; echo x > /dev/tty")
                      .set("/process/user", R"({"uid": 1000, "gid": 1000})");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  const sys::Fd master = console.receive_master();
  box.start();
  read_until(master, "1000:620\nx\n");
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine, "a terminal works in a user namespace and on a read-only root",
                 "[terminal]") {
  Bundle bundle = with_terminal(*this, "tty").map_users(100000).set("/root/readonly", "true");
  ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  box.create({"--console-socket", place() + "/console"});
  const sys::Fd master = console.receive_master();
  box.start();
  read_until(master, "/dev/pts/0\n");
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine,
                 "create with a terminal wants a console socket, and one without takes "
                 "none",
                 "[terminal]") {
  Bundle with = with_terminal(*this, "true");
  Container box(*this, with);
  CHECK_THAT(box.try_create(), Fails({"console"}));
  Container detached(*this, with);
  CHECK_THAT(detached.try_run({"--detach"}), Fails({"console"}));
  Container without(*this, new_bundle());
  CHECK_THAT(without.try_create({"--console-socket", place() + "/console"}), Fails({"console"}));
}

TEST_CASE_METHOD(Machine, "a console socket where nobody listens is an error that names it",
                 "[terminal]") {
  Bundle bundle = with_terminal(*this, "true");
  Container box(*this, bundle);
  CHECK_THAT(box.try_create({"--console-socket", place() + "/nobody"}),
             Fails({place() + "/nobody"}));
}

/// `run` at a person's terminal.
class Person {
 public:
  Person(Machine& machine, const Bundle& bundle)
      : child({.argv = machine.runtime()
                           .command({"run", "-b", bundle.directory(), machine.runtime().new_id()})
                           .argv,
               .prepare = [this] { terminal.take(); }}) {}

  Terminal terminal;
  Child child;
};

bool same(const termios& one, const termios& other) {
  return one.c_iflag == other.c_iflag && one.c_oflag == other.c_oflag &&
         one.c_cflag == other.c_cflag && one.c_lflag == other.c_lflag &&
         std::memcmp(one.c_cc, other.c_cc, sizeof one.c_cc) == 0;
}

TEST_CASE_METHOD(Machine, "a person works in a foreground run, and leaves with its exit code",
                 "[terminal]") {
  Bundle bundle = with_terminal(*this, "echo ready; read line; echo [$line]; exit 7");
  Person person(*this, bundle);
  const termios before = person.terminal.settings();
  read_until(person.terminal.master, "ready\n");
  CHECK_FALSE(same(person.terminal.settings(), before));  // raw
  person.terminal.type("hello\r");
  read_until(person.terminal.master, "hello\n[hello]\n");
  CHECK(person.child.wait().status == 7);
  CHECK(same(person.terminal.settings(), before));
}

TEST_CASE_METHOD(Machine, "the program's terminal follows the size of the person's", "[terminal]") {
  Bundle bundle = with_terminal(
      *this, "trap 'stty size' WINCH; echo ready; while ! read line; do :; done; stty size");
  Person person(*this, bundle);
  read_until(person.terminal.master, "ready\n");
  person.terminal.resize(44, 99);
  read_until(person.terminal.master, "44 99\n");
  person.terminal.type("\r");
  person.child.wait();
}

TEST_CASE_METHOD(Machine, "control characters are the program's, not the runtime's", "[terminal]") {
  Bundle bundle =
      with_terminal(*this, "trap 'echo interrupted; exit 5' INT; echo ready; sleep 1000 & wait");
  Person person(*this, bundle);
  read_until(person.terminal.master, "ready\n");
  person.terminal.type("\x03");
  read_until(person.terminal.master, "interrupted\n");
  CHECK(person.child.wait().status == 5);
}

// runc 1.1 wants a terminal itself.
TEST_CASE_METHOD(Machine, "a foreground terminal does not need stdin to be one",
                 "[terminal][berth]") {
  Bundle bundle = with_terminal(*this, "tty; echo done");
  const Outcome outcome = run(bundle);
  CHECK_THAT(outcome, Succeeds());
  CHECK(contains(outcome.out, "done\n"));
}

}  // namespace
}  // namespace berth::test
