// Programs that are written from their end: jumps of any length, and searches.
#include <linux/seccomp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "bpf_interpreter.h"
#include "runtime/seccomp/program.h"

namespace berth::seccomp {
namespace {

constexpr std::uint32_t kYes = SECCOMP_RET_ALLOW, kNo = SECCOMP_RET_KILL_PROCESS;

/// What the program answers to a call with this number.
std::uint32_t answer_to(std::uint32_t number, const Program& program) {
  seccomp_data call = {};
  call.nr = static_cast<int>(number);
  return answer_of(program, call);
}

/// The program loads the number of the call, then begins at `place`.
Program loaded(Writer& writer, Place place) {
  writer.before(place, load(offsetof(seccomp_data, nr)));
  return writer.program();
}

/// Writes `count` instructions that change nothing before `next`.
Place filled(Writer& writer, Place next, std::size_t count) {
  for (; count > 0; --count) next = writer.before(next, mask(~0U));
  return next;
}

TEST_CASE("seccomp program: a branch reaches both of its places, however far they are") {
  const std::size_t count = GENERATE(0u, 1u, 252u, 253u, 254u, 255u, 256u, 257u, 1000u);
  const bool is_nested = GENERATE(false, true);
  CAPTURE(count, is_nested);
  Writer writer;
  const Place yes = writer.answer(kYes);
  const Place no = filled(writer, writer.answer(kNo), is_nested ? 3 : 0);
  const Place other = filled(writer, writer.answer(SECCOMP_RET_LOG), count);
  Place place = writer.branch(BPF_JEQ, 5, yes, no);
  place = writer.branch(BPF_JGE, 100, other, place);
  const Program program = loaded(writer, place);
  CHECK(answer_to(5, program) == kYes);
  CHECK(answer_to(6, program) == kNo);
  CHECK(answer_to(100, program) == SECCOMP_RET_LOG);
}

TEST_CASE("seccomp program: what is not written last is reached all the same") {
  Writer writer;
  const Place yes = filled(writer, writer.answer(kYes), 2);
  filled(writer, writer.answer(kNo), GENERATE(0u, 300u));
  CHECK(answer_to(1, loaded(writer, yes)) == kYes);
}

TEST_CASE("seccomp program: answers of one kind are written once within reach") {
  Writer writer;
  CHECK(writer.answer(kYes) == writer.answer(kYes));
  CHECK(writer.answer(kYes) != writer.answer(kNo));
  CHECK(writer.program().size() == 2);
}

TEST_CASE("seccomp program: a search finds the range of every number") {
  const std::size_t count = GENERATE(1u, 2u, 3u, 7u, 8u, 400u);
  constexpr std::uint32_t kWidth = 3;
  CAPTURE(count);
  Writer writer;
  Ranges ranges;
  for (std::uint32_t i = 0; i < count; ++i) {
    ranges.add(i * kWidth, writer.answer(SECCOMP_RET_ERRNO | (i % 300)));
  }
  const Program program = loaded(writer, writer.search(ranges.all()));
  for (std::uint32_t number = 0; number < count * kWidth; ++number) {
    CHECK(answer_to(number, program) == (SECCOMP_RET_ERRNO | (number / kWidth % 300)));
  }
  CHECK(answer_to(~0U, program) == (SECCOMP_RET_ERRNO | ((count - 1) % 300)));
}

TEST_CASE("seccomp program: the steps of a search grow with the logarithm of its ranges") {
  Writer writer;
  Ranges ranges;
  constexpr std::uint32_t kCount = 256;
  for (std::uint32_t i = 0; i < kCount; ++i) ranges.add(i, writer.answer(i % 2 == 0 ? kYes : kNo));
  const Program program = loaded(writer, writer.search(ranges.all()));
  std::size_t longest = 0;
  for (std::uint32_t number = 0; number < kCount; ++number) {
    seccomp_data call = {};
    call.nr = static_cast<int>(number);
    longest = std::max(longest, steps_of(program, call));
  }
  CHECK(longest == 1 + 8 + 1);  // loads, compares, answers
}

TEST_CASE("seccomp program: a search asks for an exception by its number, in one branch") {
  const std::vector<std::uint32_t> exceptions =
      GENERATE(std::vector<std::uint32_t>{7}, std::vector<std::uint32_t>{1, 9},
               std::vector<std::uint32_t>{0, 2, 3, 5, 40, 42, 44, 46, 47, 49, 51, 60, 62, 99});
  Writer writer;
  Ranges ranges;
  ranges.add(0, writer.answer(kYes));
  for (const std::uint32_t number : exceptions) {
    ranges.add(number, writer.answer(kNo));
    ranges.add(number + 1, writer.answer(kYes));
  }
  const Program program = loaded(writer, writer.search(ranges.all()));
  for (std::uint32_t number = 0; number < 110; ++number) {
    const bool is_exception = std::ranges::find(exceptions, number) != exceptions.end();
    CHECK(answer_to(number, program) == (is_exception ? kNo : kYes));
  }
  CHECK(answer_to(~0U, program) == kYes);
  constexpr std::size_t kLoad = 1, kAnswers = 2;
  if (exceptions.size() < 3) CHECK(program.size() == kLoad + exceptions.size() + kAnswers);
  CHECK(program.size() < kLoad + ranges.all().size() - 1 + kAnswers);
}

TEST_CASE("seccomp program: neighbours with one place are one range, and the last word counts") {
  Ranges ranges;
  ranges.add(0, 1);
  ranges.add(5, 2);
  ranges.add(6, 1);
  ranges.add(6, 2);
  ranges.add(7, 1);
  ranges.add(8, 1);
  REQUIRE(ranges.all().size() == 3);
  CHECK(ranges.all()[1].first == 5);
  CHECK(ranges.all()[2].first == 7);
}

}  // namespace
}  // namespace berth::seccomp
