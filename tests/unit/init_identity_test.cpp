// What berth-init makes of steps that no config leads to: it is run as it is, with a plan of the
// test's own, and what it reports is read from its talk. No step needs privilege.
#include <unistd.h>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstring>

#include "runtime/launch/image.h"
#include "runtime/launch/init_process.h"
#include "runtime/launch/talk.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/plan.h"

namespace berth::launch {
namespace {

constexpr std::uint32_t kUnchanged = 0xFFFFFFFF;

plan::Step set_ids(std::uint32_t uid, std::uint32_t gid) {
  plan::Step step;
  step.set(plan::SetIds{.user = {.uid = uid, .gid = gid}});
  return step;
}

sys::Fd image_of(const std::vector<plan::Step>& steps) {
  plan::Plan plan;
  plan.steps = steps;
  return make_image(plan);
}

/// The image of these steps, but the opcode of the last is beyond the last one that there is.
sys::Fd image_with_unknown_end(const std::vector<plan::Step>& steps) {
  std::string bytes = sys::read_file("/proc/self/fd/" + std::to_string(image_of(steps).get()));
  const std::uint16_t op = plan::kStepTypes;
  const std::size_t last = sizeof(plan::Image) + (steps.size() - 1) * sizeof(plan::Step);
  std::memcpy(bytes.data() + last + offsetof(plan::Step, op), &op, sizeof op);
  return sys::sealed_memfd("berth-plan", bytes.data(), bytes.size());
}

/// What init says first.
plan::Message first_word(const sys::Fd& image) {
  InitProcess init(0);
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
  const plan::Message message = first_word(image_of({set_ids(uid, gid)}));
  CHECK(message.word == plan::Word::Failed);
  CHECK(static_cast<plan::Fault>(message.value) == plan::Fault::OtherUser);
  CHECK(plan::failure_of(message).message().find("another user") != std::string::npos);
}

TEST_CASE("US-1: init goes on if it has the ids that it asked for") {
  // Then it says that it cannot do the step that follows.
  const plan::Step own = set_ids(::getuid(), ::getgid());
  const plan::Message message = first_word(image_with_unknown_end({own, own}));
  CHECK(message.step == 1);
  CHECK(static_cast<plan::Fault>(message.value) == plan::Fault::Protocol);
}

}  // namespace
}  // namespace berth::launch
