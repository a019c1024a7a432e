// The protocol of plan/talk.h from both ends: what berth sends, and what berth-init makes of it.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <string>

#include "runtime/launch/image.h"
#include "runtime/launch/init_process.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/linux/process/signals.h"
#include "runtime/linux/streams/socket.h"
#include "runtime/plan/plan.h"
#include "tests/unit/unknown_step.h"

namespace berth::launch {
namespace {

using plan::Answer;

sys::Fd any_file() { return sys::sealed_memfd("file", "content", 7); }

struct Sent {
  Answer answer;
  std::size_t size = 0;
  std::size_t fds = 0;
};

Sent next(const sys::Fd& socket) {
  Sent sent;
  const sys::Received received = sys::receive_message(socket, &sent.answer, sizeof sent.answer);
  sent.size = received.size;
  sent.fds = received.fds.size();
  return sent;
}

TEST_CASE("an answer is as long as its slots, and names the slot of each descriptor") {
  auto [ours, theirs] = sys::packet_pair();
  Talk talk(std::move(ours), nullptr);
  const sys::Fd file = any_file();
  REQUIRE(talk.answer({{7, file.get()}, {3, file.get()}}));
  const Sent sent = next(theirs);
  CHECK(sent.answer.word == Answer::kGo);
  CHECK(sent.size == Answer::size_with(2));
  CHECK(sent.fds == 2);
  CHECK(sent.answer.slots[0] == 7);
  CHECK(sent.answer.slots[1] == 3);
}

TEST_CASE("more descriptors than a message carries come in several, and the last one says go") {
  auto [ours, theirs] = sys::packet_pair();
  Talk talk(std::move(ours), nullptr);
  const sys::Fd file = any_file();
  std::vector<SlotFd> fds;
  fds.reserve(300);
  for (std::int32_t slot = 0; slot < 300; ++slot) fds.push_back({slot, file.get()});
  REQUIRE(talk.answer(fds));
  const Sent first = next(theirs), last = next(theirs);
  CHECK(first.answer.word == Answer::kMore);
  CHECK(first.fds == Answer::kMostFds);
  CHECK(last.answer.word == Answer::kGo);
  CHECK(last.fds == 300 - Answer::kMostFds);
  CHECK(last.answer.slots[0] == static_cast<std::int32_t>(Answer::kMostFds));
}

TEST_CASE("a talk whose other end has closed receives nothing, and an answer says so") {
  auto [ours, theirs] = sys::packet_pair();
  Talk talk(std::move(ours), nullptr);
  CHECK_FALSE(talk.has_more());
  theirs = {};
  CHECK(talk.has_more());
  CHECK_FALSE(talk.receive(Awaited::Steps, {}));
  CHECK_FALSE(talk.answer());
}

TEST_CASE("what was sent before the talk is refused is received, and nothing can be sent later") {
  auto [ours, theirs] = sys::packet_pair();
  Talk talk(std::move(ours), nullptr);
  plan::Message message;
  message.word = plan::Word::Born;
  REQUIRE(sys::send_message(theirs, &message, sizeof message));
  talk.refuse_more();
  CHECK_FALSE(sys::send_message(theirs, &message, sizeof message));
  const auto received = talk.receive(Awaited::Steps, {});
  REQUIRE(received);
  CHECK(received->message.word == plan::Word::Born);
  CHECK_FALSE(talk.receive(Awaited::Steps, {}));
}

/// In a process that ends, with its end of the talk, once its parent sleeps.
pid_t close_when_parent_sleeps() {
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/stat";
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::string line;
  while (line.find(") S ") == std::string::npos) std::getline(std::ifstream(path), line);
  ::_exit(0);
}

TEST_CASE("a signal ends a wait until it is kept, then it stays for who reads it next") {
  sys::SignalFd signals({SIGHUP});
  auto [ours, theirs] = sys::packet_pair();
  Talk talk(std::move(ours), &signals);
  REQUIRE(::raise(SIGHUP) == 0);
  CHECK_THROWS_WITH(talk.receive(Awaited::Steps, {}), "interrupted by signal 1");
  REQUIRE(::raise(SIGHUP) == 0);
  talk.keep_signals();
  const pid_t other = close_when_parent_sleeps();
  theirs = {};
  CHECK_FALSE(talk.receive(Awaited::Steps, {}));
  CHECK(signals.read() == SIGHUP);
  CHECK(::waitpid(other, nullptr, 0) == other);
}

TEST_CASE("a signal that ends no wait is kept for who asks for it") {
  sys::SignalFd signals({SIGHUP, SIGUSR1});
  const auto [ours, theirs] = sys::packet_pair();
  REQUIRE(::raise(SIGUSR1) == 0);
  CHECK_FALSE(sys::wait_readable(ours, &signals, 1));
  REQUIRE(::raise(SIGHUP) == 0);
  CHECK_THROWS_WITH(sys::wait_readable(ours, &signals, -1), "interrupted by signal 1");
  CHECK(signals.take_kept() == std::vector<int>{SIGUSR1});
  CHECK(signals.take_kept().empty());
}

/// berth-init with a plan of one slot that waits twice and then does a step that there is not.
class WaitingInit {
 public:
  WaitingInit() : talk_(init_.take_talk(), nullptr) {
    plan::Plan plan;
    plan.steps.resize(3);
    plan.steps[0].set(plan::Synchronize{.sync = plan::Sync::UserReady});
    plan.steps[1].set(plan::Synchronize{.sync = plan::Sync::MountsDone});
    plan.steps[2].set(plan::Synchronize{.sync = plan::Sync::MountsDone});
    plan.slot_count = 1;
    const sys::Fd image = test::image_with_unknown_end(plan);
    REQUIRE(talk_.answer({{Answer::kImage, image.get()}}));
    REQUIRE(next().word == plan::Word::AtSync);
  }
  ~WaitingInit() { (void)init_.reap(); }
  WaitingInit(const WaitingInit&) = delete;
  WaitingInit& operator=(const WaitingInit&) = delete;

  /// What init reports after this answer.
  plan::Message answer(const std::vector<SlotFd>& fds) {
    REQUIRE(talk_.answer(fds));
    return next();
  }

 private:
  plan::Message next() {
    const auto received = talk_.receive(Awaited::Steps, {});
    REQUIRE(received);
    return received->message;
  }

  InitProcess init_{0, 0};
  Talk talk_;
};

void check_out_of_phase(const plan::Message& message, std::uint32_t step) {
  CHECK(message.word == plan::Word::Failed);
  CHECK(static_cast<plan::Fault>(message.value) == plan::Fault::Protocol);
  CHECK(message.step == step);
}

TEST_CASE("init goes on when a descriptor comes for an empty slot") {
  WaitingInit init;
  const sys::Fd file = any_file();
  CHECK(init.answer({{0, file.get()}}).word == plan::Word::AtSync);
  check_out_of_phase(init.answer({}), 2);  // the step that there is not
}

TEST_CASE("init refuses a descriptor for a slot that is filled, missing, or not one") {
  const sys::Fd file = any_file();
  {
    WaitingInit init;
    CHECK(init.answer({{0, file.get()}}).word == plan::Word::AtSync);
    check_out_of_phase(init.answer({{0, file.get()}}), 1);
  }
  const std::int32_t slot = GENERATE(1, 1000, -1, -4, Answer::kImage);
  CAPTURE(slot);
  WaitingInit init;
  check_out_of_phase(init.answer({{slot, file.get()}}), 0);
}

}  // namespace
}  // namespace berth::launch
