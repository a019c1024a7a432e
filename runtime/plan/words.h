// What describe() says of a step, for people and for programs: printed plans, traces, errors and
// the tests all show a step by this, so that a person finds the one in the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/steps.h"

namespace berth::plan {

/// An operand by its name.
struct Member {
  enum class Kind {
    Text,    ///< from the text area
    Word,    ///< a value in words
    Number,  ///< or true, or false; empty for a slot that is none
    List,
  };

  std::string_view name;
  Kind kind;
  std::string text;                     ///< of a list its entries, with commas
  std::vector<std::string> items = {};  ///< of a list
  bool has_numbers = false;             ///< and these are numbers
  std::uint32_t count = 0;              ///< so many are in it
};

struct Description {
  std::string_view op;     ///< `change_directory`
  std::string_view words;  ///< as in describe(); see words_of
  std::vector<Member> members;
};

/// `area`: where the texts of the step are; those that are beyond it are empty.
Description description_of(const Step& step, std::string_view area);

/// `set 'mode' to '755'`, `execute '/bin/sh'`. In the words of a describe() `{name}` stands for the
/// text of this member, `{#name}` for how many entries it has, `{name:words}` for the words if it
/// is true; what is in […] is left out if one of those in it is empty.
std::string words_of(const Description& description);

/// Both in one.
std::string step_words(const Step& step, std::string_view area);

/// `host`, `prologue`, `child`, `start`
std::string_view side_name(Side side);

}  // namespace berth::plan
