// What berth does while systemd does not answer.
// A machine for these tests: ./dev test vm '[systemd]'.
#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/systemd.h"

namespace berth::test {
namespace {

/// A message bus that takes connections and never says a word.
class SilentBus {
 public:
  explicit SilentBus(const std::string& directory) : path_(directory + "/silent-bus") {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = sys::Fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(socket_.get(), 8) == 0);
  }

  /// The command takes it for that of the machine's systemd.
  Command put_in_place(Command command) const {
    command.prepare = [path = path_] {
      setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + path).c_str(), 1);
    };
    return command;
  }
  /// Until berth-systemd has connected.
  sys::Fd accept() const {
    sys::Fd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(connection);
    return connection;
  }

 private:
  std::string path_;
  sys::Fd socket_;
};

TEST_CASE_METHOD(Systemd, "V2-21: a signal ends run while it waits for systemd",
                 "[systemd][run][signals][berth]") {
  if (is_skipped()) return;
  const SilentBus bus(place());
  const Bundle bundle = new_bundle();
  const std::string id = runtime().new_id();
  const int signal = GENERATE(SIGINT, SIGTERM);
  Child child(
      bus.put_in_place(runtime().command({kFlag, "run", "--bundle", bundle.directory(), id})));
  const sys::Fd connection = bus.accept();
  child.signal(signal);
  CHECK_THAT(child.wait(), Fails({"interrupted by signal " + std::to_string(signal)}));
  CHECK_THAT(call({"state", id}), Fails({"does not exist"}));
}

TEST_CASE_METHOD(
    Systemd, "V2-21: a systemd that does not answer is an error that says for what berth waited",
    "[systemd][run][errors][berth]") {
  if (is_skipped()) return;
  const SilentBus bus(place());
  const Bundle bundle = new_bundle();
  const Outcome outcome = run_command(
      bus.put_in_place(
          runtime().command({kFlag, "run", "--bundle", bundle.directory(), runtime().new_id()})),
      Deadline(std::chrono::minutes(2)));
  CHECK_THAT(outcome, Fails({"message bus of systemd", "no answer in time"}));
}

}  // namespace
}  // namespace berth::test
