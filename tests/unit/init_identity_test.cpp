// What berth-init makes of steps that no config leads to: it is run as it is, with a plan of the
// test's own, and what it reports is read from its talk. No step needs privilege.
#include <unistd.h>

#include <catch2/catch.hpp>

#include <array>

#include "runtime/launch/image.h"
#include "runtime/launch/init_process.h"
#include "runtime/launch/talk.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/plan.h"
#include "tests/unit/unknown_step.h"

namespace berth::launch {
namespace {

constexpr std::uint32_t kUnchanged = 0xFFFFFFFF;

plan::Step set_ids(std::uint32_t uid, std::uint32_t gid) {
  plan::Step step;
  step.set(plan::SetIds{.user = {.uid = uid, .gid = gid}});
  return step;
}

plan::Plan plan_of(const std::vector<plan::Step>& steps) {
  plan::Plan plan;
  plan.steps = steps;
  return plan;
}

/// What init says first.
plan::Message first_word(const sys::Fd& image) {
  InitProcess init(0, 0);
  Talk talk(init.take_talk(), nullptr);
  REQUIRE(talk.answer({{plan::Answer::kImage, image.get()}}));
  const auto received = talk.receive(Awaited::Steps, {});
  REQUIRE(received);
  (void)init.reap();
  return received->message;
}

TEST_CASE("US-1 SR-22: init does not take an id that leaves it as it is for a change") {
  const auto [uid, gid] = GENERATE(table<std::uint32_t, std::uint32_t>(
      {{kUnchanged, ::getgid()}, {::getuid(), kUnchanged}, {kUnchanged, kUnchanged}}));
  const plan::Message message = first_word(make_image(plan_of({set_ids(uid, gid)})));
  CHECK(message.word == plan::Word::Failed);
  CHECK(static_cast<plan::Fault>(message.value) == plan::Fault::OtherUser);
  CHECK(plan::failure_of(message).message().find("another user") != std::string::npos);
}

TEST_CASE("US-1: init goes on if it has the ids that it asked for") {
  // Then it says that it cannot do the step that follows.
  const plan::Step own = set_ids(::getuid(), ::getgid());
  const plan::Message message = first_word(test::image_with_unknown_end(plan_of({own, own})));
  CHECK(message.step == 1);
  CHECK(static_cast<plan::Fault>(message.value) == plan::Fault::Protocol);
}

}  // namespace
}  // namespace berth::launch
