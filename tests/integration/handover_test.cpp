// berth and init take leave of each other in any order that the scheduler may choose, and with any
// call failing once.
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "runtime/linux/streams/socket.h"
#include "runtime/plan/talk.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/schedule.h"

namespace berth::test {
namespace {

/// What the first process sends first is that it is at the sync point Ready, when there are no
/// create hooks; the prologue's only message is Born.
const Point kBeforeBorn = Point::entry(Who::Prologue, SYS_sendto);
const Point kChildHasSpoken = Point::after(Who::Child, SYS_sendto);

void check_lives(Container& box, const Outcome& created) {
  REQUIRE_THAT(created, Succeeds());
  box.adopt();
  CHECK(box.status() == "created");
  CHECK_THAT(box.call("start"), Succeeds());
  CHECK(box.status() == "running");
}

class Handover : public Machine {
 protected:
  Handover() : bundle_(new_bundle().script("exec sleep 1000")) {}

  Outcome create(Container& box, Schedule& schedule) {
    return schedule.run(runtime().command({"create", "-b", bundle_.directory(), box.id()}));
  }

  Bundle bundle_;
};

TEST_CASE_METHOD(Handover, "a container lives whose first process is quicker than its Born",
                 "[handover][berth]") {
  bundle_.set("/hooks", R"({"createRuntime": [{"path": "/bin/true"}]})");
  Container box(*this, bundle_);
  Schedule schedule;
  schedule.hold(kBeforeBorn, kChildHasSpoken);
  check_lives(box, create(box, schedule));
}

TEST_CASE_METHOD(Handover, "a container lives whose Born is overtaken by Ready",
                 "[handover][berth]") {
  Container box(*this, bundle_);
  Schedule schedule;
  const Point has_read_ready = Point::after(Who::Berth, SYS_recvmsg);
  schedule.hold(kBeforeBorn, has_read_ready);
  // Else Born might come when berth has gone, and not be left unread.
  schedule.hold(has_read_ready, Point::end(Who::Prologue));
  // The answer is looked for when the creator is gone.
  schedule.hold(kChildHasSpoken, Point::end(Who::Berth));
  check_lives(box, create(box, schedule));
}

TEST_CASE_METHOD(Handover, "create waits for a prologue that is held back", "[handover][berth]") {
  Container box(*this, bundle_);
  Schedule schedule;
  // It waits first for Ready, then for the prologue.
  schedule.hold(Point::entry(Who::Prologue, SYS_exit_group), Point::entry(Who::Berth, SYS_poll, 2));
  schedule.hold(kChildHasSpoken, Point::end(Who::Berth));
  check_lives(box, create(box, schedule));
}

TEST_CASE_METHOD(Handover, "a first process that once cannot read its answer goes on",
                 "[handover][berth]") {
  const int error = GENERATE(EINTR, ENOMEM, ENOBUFS, ECONNRESET);
  CAPTURE(error);
  Container box(*this, bundle_);
  Schedule schedule;
  schedule.fail(kChildHasSpoken, SYS_recvmsg, error);
  check_lives(box, create(box, schedule));
}

TEST_CASE_METHOD(Handover,
                 "a container that once cannot accept a connection waits on for its start",
                 "[handover][berth]") {
  const int error = GENERATE(EINTR, EMFILE, ENFILE, ENOMEM, ECONNABORTED);
  CAPTURE(error);
  Container box(*this, bundle_);
  Schedule schedule;
  schedule.fail(kChildHasSpoken, SYS_accept4, error);
  check_lives(box, create(box, schedule));
}

TEST_CASE_METHOD(Handover, "a first process that cannot read its answer at all says so",
                 "[handover][berth]") {
  bundle_.set("/hooks", R"({"createRuntime": [{"path": "/bin/true"}]})");
  Container box(*this, bundle_);
  Schedule schedule;
  schedule.fail(kChildHasSpoken, SYS_recvmsg, EIO);
  CHECK_THAT(create(box, schedule), Fails({"input/output error"}));
}

TEST_CASE_METHOD(Handover, "the last message of a first process is found behind a late Born",
                 "[handover][berth]") {
  bundle_.set("/hooks", R"({"createRuntime": [{"path": "/bin/true"}]})");
  Container box(*this, bundle_);
  Schedule schedule;
  schedule.fail(kChildHasSpoken, SYS_recvmsg, EIO);
  schedule.hold(kBeforeBorn, kChildHasSpoken);
  schedule.hold(Point::entry(Who::Child, SYS_sendto, 2), Point::end(Who::Prologue));
  // Before it reaps the hook: the answer comes afterwards, and reaches nobody.
  schedule.hold(Point::entry(Who::Berth, SYS_waitid), Point::end(Who::Child));
  CHECK_THAT(create(box, schedule), Fails({"input/output error"}));
}

TEST_CASE_METHOD(Handover, "create does not wait for ever for a process that has been stopped",
                 "[handover][berth]") {
  Container box(*this, bundle_);
  Schedule schedule;
  schedule.hold(kBeforeBorn, Point::end(Who::Berth));
  // Its deadline passes at once: poll(2) says so when it returns 0.
  schedule.answer(Point::after(Who::Berth, SYS_sendmsg), SYS_poll, 0);
  CHECK_THAT(create(box, schedule),
             Fails({"nothing was received from the container's first process",
                    "start the first process"}));
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

sys::Fd connect_to_start(const std::string& state_directory) {
  sys::Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  REQUIRE(socket);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = state_directory + "/start";
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

std::vector<std::string> files_of(pid_t pid) {
  std::vector<std::string> files;
  for (const Descriptor& each : descriptors_of(pid)) files.push_back(each.target);
  return files;
}

/// Whether init ends this connection without a word.
bool is_ended(const sys::Fd& socket) {
  char byte = 0;
  return wait_readable(socket.get(), Deadline()) && recv(socket.get(), &byte, 1, MSG_DONTWAIT) == 0;
}

TEST_CASE_METHOD(Handover, "init ends a connection that does not say go, and waits for the next",
                 "[handover][berth]") {
  Container box(*this, bundle_);
  box.create();
  {
    const sys::Fd socket = connect_to_start(runtime().state_root() + "/" + box.id());
    REQUIRE(sys::send_message(socket, "no", 2));
    CHECK(is_ended(socket));
  }
  box.start();
  CHECK(box.status() == "running");
}

TEST_CASE_METHOD(Handover,
                 "init ends a connection whose go brings descriptors, and waits for the next",
                 "[handover][berth]") {
  const std::size_t slots = GENERATE(0U, 1U);  // that the message names, of its one descriptor
  Container box(*this, bundle_);
  box.create();
  const auto before = files_of(box.pid());
  {
    const sys::Fd socket = connect_to_start(runtime().state_root() + "/" + box.id());
    const plan::Answer go;
    REQUIRE(sys::send_message(socket, &go, plan::Answer::size_with(slots), {socket.get()}));
    CHECK(is_ended(socket));
  }
  CHECK(files_of(box.pid()) == before);
  box.start();
  CHECK(box.status() == "running");
}

}  // namespace
}  // namespace berth::test
