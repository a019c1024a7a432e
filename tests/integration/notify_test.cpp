// NOTIFY_SOCKET: the program's messages reach the service manager that started berth. sd_notify(3)
#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>

#include "runtime/linux/files/file.h"
#include "runtime/linux/streams/socket.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

class NotifyMachine : public Machine {
 protected:
  NotifyMachine() : socket_(sys::receive_datagrams_at(sys::open_dir(place()), "manager")) {
    std::filesystem::copy_file(BERTH_PROBE, bundle_.in_image("/bin/probe"));
  }

  Outcome call_with_socket(const std::vector<std::string>& args) {
    Command command = runtime().command(args);
    command.prepare = [address = place() + "/manager"] {
      setenv("NOTIFY_SOCKET", address.c_str(), 1);
    };
    return run_command(command);
  }
  Outcome run_with_socket() {
    return call_with_socket({"run", "--bundle", bundle_.directory(), runtime().new_id()});
  }
  std::optional<std::string> next() { return sys::next_datagram(socket_); }

  Bundle bundle_ = new_bundle();

 private:
  sys::Fd socket_;
};

TEST_CASE_METHOD(NotifyMachine, "run passes on what the program tells its service manager",
                 "[run][berth]") {
  bundle_.script(
      "probe notify \"MAINPID=1\nREADY=1\" STATUS=up STOPPING=1; echo $NOTIFY_SOCKET $?");
  if (GENERATE(false, true)) {
    bundle_.map_users(100000);
    REQUIRE(chown(bundle_.in_image("/run").c_str(), 100000, 100000) == 0);
  }
  CHECK_THAT(run_with_socket(), Prints("/run/notify/notify.sock 0\n"));
  const auto ready = next();
  REQUIRE(ready);
  CHECK_THAT(*ready, Catch::Matches("MAINPID=[0-9]+\nREADY=1\n"));
  CHECK(*ready != "MAINPID=1\nREADY=1\n");
  CHECK(next() == "STATUS=up\n");
  CHECK(next() == "STOPPING=1\n");
  CHECK(!next());
}

TEST_CASE_METHOD(NotifyMachine, "a program whose engine has a notify proxy is left alone",
                 "[run][berth]") {
  bundle_.script("echo $NOTIFY_SOCKET; ls /run");
  bundle_.set("/process/env/-", R"("NOTIFY_SOCKET=/of/conmon")");
  CHECK_THAT(run_with_socket(), Prints("/of/conmon\n"));
  CHECK(!next());
}

TEST_CASE_METHOD(NotifyMachine, "the manager may be gone: the program runs on, and run says so",
                 "[run][berth]") {
  bundle_.script("probe notify READY=1 && echo sent");
  std::filesystem::remove(place() + "/manager");
  const Outcome outcome = run_with_socket();
  CHECK_THAT(outcome, Warns({"NOTIFY_SOCKET", "/manager"}));
  CHECK(outcome.out == "sent\n");
}

TEST_CASE_METHOD(NotifyMachine, "what leaves before the program is ready refuses NOTIFY_SOCKET",
                 "[create][run][berth]") {
  const std::vector<std::string> verb =
      GENERATE(as<std::vector<std::string>>{}, std::vector<std::string>{"create"},
               std::vector<std::string>{"run", "--detach"});
  std::vector<std::string> args = verb;
  const std::string id = runtime().new_id();
  args.insert(args.end(), {"--bundle", bundle_.directory(), id});
  CHECK_THAT(call_with_socket(args), Fails({"NOTIFY_SOCKET"}));
  CHECK_THAT(call({"state", id}), Fails({"does not exist"}));
}

}  // namespace
}  // namespace berth::test
