// The instruction set of a Plan, shared by the compiler (runtime/compile), the host side
// (runtime/launch) and berth-init (runtime/init). A type of step is a struct: its members are the
// operands, its describe() names each of them, and its constants are facts for launch. The file of
// a family ends with the list of its types: a step that is missing from it, or that no function
// executes, does not compile. Nothing here allocates, parses, or needs more than <cerrno> and the
// freestanding headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/plan/steps/cgroups.h"
#include "runtime/plan/steps/exec.h"
#include "runtime/plan/steps/files.h"
#include "runtime/plan/steps/host.h"
#include "runtime/plan/steps/list.h"
#include "runtime/plan/steps/mounts.h"
#include "runtime/plan/steps/namespaces.h"
#include "runtime/plan/steps/process.h"

namespace berth::plan {

/// The place of a type in this list is its opcode.
using Steps = decltype(HostSteps() + CgroupSteps() + ExecSteps() + NamespaceSteps() + MountSteps() +
                       FileSteps() + ProcessSteps());

// ---- what is known of a type ----------------------------------------------------------------

/// What launch has to know about a type of step. The defaults, for types that declare no constant,
/// are the cautious choices.
struct Facts {
  Side side = Side::Child;      ///< kSide
  bool needs_child = true;      ///< kNeedsChild: the host step has to wait until the child exists
  bool is_milestone = false;    ///< kIsMilestone: the two sides meet, and a run of host steps ends
  bool outlives_berth = false;  ///< kOutlivesBerth: the effect stays if berth is killed, so the
                                ///< Record must name it first

  constexpr bool is_of_init() const { return side == Side::Prologue || side == Side::Child; }
  constexpr bool runs_during_clone() const { return side == Side::Host && !needs_child; }
};

template <class T>
constexpr Facts facts_of() {
  Facts facts;
  if constexpr (requires { T::kSide; }) facts.side = T::kSide;
  if constexpr (requires { T::kNeedsChild; }) facts.needs_child = T::kNeedsChild;
  if constexpr (requires { T::kIsMilestone; }) facts.is_milestone = T::kIsMilestone;
  if constexpr (requires { T::kOutlivesBerth; }) facts.outlives_berth = T::kOutlivesBerth;
  return facts;
}

/// A step that fills a slot names it in its member `to`.
template <class T>
concept FillsSlot = std::is_same_v<decltype(T::to), FilledSlot>;

/// The place of T in the list, or the length of the list if T is not in it.
template <class T, class... All>
constexpr std::size_t place_of(List<All...>) {
  constexpr bool kIsIt[] = {std::is_same_v<T, All>...};
  std::size_t place = 0;
  while (place < sizeof...(All) && !kIsIt[place]) ++place;
  return place;
}

template <class... All>
constexpr std::size_t count_of(List<All...>) {
  return sizeof...(All);
}

constexpr std::size_t kStepTypes = count_of(Steps{});

template <class T>
concept StepType = (place_of<T>(Steps{}) < kStepTypes);

template <StepType T>
consteval std::uint16_t op_of() {
  return static_cast<std::uint16_t>(place_of<T>(Steps{}));
}

// ---- a step ---------------------------------------------------------------------------------

/// A visitor for describe() that finds the first text operand, which errors name.
struct FirstText {
  Text text;
  bool is_found = false;

  constexpr void step(const char*, const char*) {}
  constexpr void hint(int, const char*, const char* = nullptr) {}
  constexpr void operator()(const char*, const Text& operand) {
    if (!is_found) text = operand;
    is_found = true;
  }
  constexpr void operator()(const char*, const auto&) {}
};

/// A step of any type, in a record of fixed size: the bytes of its struct, and the property that
/// asked for it.
struct Step {
  static constexpr std::size_t kRoom = 40;

  std::uint16_t op = 0;
  Side side = Side::Host;
  std::uint8_t reserved = 0;
  Text origin;   ///< JSON pointer; empty if no property asked for the step
  Text subject;  ///< the first text operand, which errors name
  std::uint32_t unused = 0;
  alignas(8) unsigned char operands[kRoom] = {};

  template <StepType T>
  bool is() const {
    return op == op_of<T>();
  }

  template <StepType T>
  void set(const T& step) {
    static_assert(sizeof(T) <= kRoom && std::is_trivially_copyable_v<T>);
    op = op_of<T>();
    FirstText first;
    describe(first, step);
    subject = first.text;
    __builtin_memcpy(operands, &step, sizeof(T));
  }

  template <StepType T>
  const T& as() const {
    return *__builtin_launder(reinterpret_cast<const T*>(operands));
  }
};
static_assert(sizeof(Step) == 56 && std::is_trivially_copyable_v<Step>);

/// Calls `use` with the step as a struct of its type. `op` must be an opcode of the list.
template <class Use, class... All>
void visit(const Step& step, Use&& use, List<All...>) {
  using Call = void (*)(const Step&, Use&);
  // NOLINTNEXTLINE(bugprone-dynamic-static-initializers): clang-tidy 14 overlooks the constexpr
  static constexpr Call kCalls[] = {[](const Step& one, Use& with) { with(one.as<All>()); }...};
  kCalls[step.op](step, use);
}
template <class Use>
void visit(const Step& step, Use&& use) {
  visit(step, use, Steps{});
}

template <class... All>
constexpr auto facts_table(List<All...>) {
  struct Table {
    Facts rows[sizeof...(All)];
  };
  return Table{{facts_of<All>()...}};
}

constexpr auto kFacts = facts_table(Steps{});

constexpr const Facts& facts_of(const Step& step) { return kFacts.rows[step.op]; }

// ---- the image ------------------------------------------------------------------------------

/// An entry of the table of descriptors.
struct SlotEntry {
  std::int32_t fd = -1;        ///< -1: not received yet
  std::uint32_t last_use = 0;  ///< index of the last step of init that names it
};

/// What init maps: this header, `step_count` steps, `slot_count` entries, and `text_size` bytes.
/// The image includes the host's steps, which init skips, so that both sides use one index for a
/// step.
struct Image {
  std::uint32_t magic = kMagic;
  std::uint32_t step_count = 0;
  std::uint32_t slot_count = 0;
  std::uint32_t text_size = 0;
  static constexpr std::uint32_t kMagic = 0x62727468;
};

/// When a step ran, in nanoseconds of CLOCK_REALTIME, the one clock that no time namespace shifts.
/// 0 means never.
struct Stamp {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

}  // namespace berth::plan
