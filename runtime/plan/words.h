// Turns a step into words, by its describe(). Printed plans, traces, errors and tests all use these
// words, so that a person finds a step of one in another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/steps/steps.h"

namespace berth::plan {

/// An operand by its name.
struct Member {
  enum class Kind {
    Text,    ///< a text of the text area
    Word,    ///< a value in words
    Number,  ///< a number, true or false; empty for kNoSlot
    List,
  };

  std::string_view name;
  Kind kind;
  std::string text;                     ///< for a list its entries, separated by commas
  std::vector<std::string> items = {};  ///< the entries of a list
  bool has_numbers = false;             ///< the entries are numbers
  std::uint32_t count = 0;              ///< number of entries
};

/// What to do about an errno whose meaning at this step is known. `%` stands for the subject. The
/// texts are literals in describe().
struct Hint {
  int number;
  std::string_view text;
  std::string_view subject;  ///< if not empty, the hint is for this subject alone
};

struct Description {
  std::string_view op;     ///< `change_directory`
  std::string_view words;  ///< as in describe(); see words_of
  std::vector<Member> members;
  std::vector<Hint> hints;
};

/// `area` contains the texts of the step. A text beyond its end is empty.
Description description_of(const Step& step, std::string_view area);

/// `set 'mode' to '755'`, `execute '/bin/sh'`. In the words of a describe() `{name}` stands for the
/// text of this member, `{#name}` for the number of its entries, and `{name:words}` for the words
/// if it is true. A part in […] is left out if one of the members in it is empty.
std::string words_of(const Description& description);

/// description_of and words_of in one call.
std::string step_words(const Step& step, std::string_view area);

/// `host`, `prologue`, `child`, `start`
std::string_view side_name(Side side);

}  // namespace berth::plan
