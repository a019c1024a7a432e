// A verb of the command line consists of a table of its flags, the options that they set, and one
// function. Each verb is a file in cli/verbs/ and a row in cli/verbs.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/cli/call.h"

namespace berth::cli {

/// Holds the values of flags and arguments. Each verb derives its own options from it.
struct Options {
  virtual ~Options() = default;
};

using Words = std::vector<std::string>;

struct Flag {
  std::string_view spelling;  ///< `-b,--bundle DIR`, `--keep`; an argument: `ID`, `[SIGNAL]`
  /// A flag without a value sets a bool. A repeated flag replaces a text and adds to words.
  std::variant<bool& (*)(Options&), std::string& (*)(Options&), std::string Call::*,
               Words& (*)(Options&)>
      target;
  std::string_view help;

  bool is_argument() const { return spelling[0] != '-'; }
  bool is_required() const { return is_argument() && spelling[0] != '['; }
  bool takes_value() const { return target.index() != 0; }
  /// `CMD...`: the argument and all words behind it, which are not berth's flags.
  bool takes_rest() const { return is_argument() && spelling.find("...") != spelling.npos; }
  std::string_view letter() const;  ///< `b`, or empty
  std::string_view name() const;    ///< `bundle`; for an argument `ID`, `SIGNAL`
};

/// The target of a flag: a member of options whose type is `Own`.
template <class Own, auto member>
auto& in(Options& options) {
  return static_cast<Own&>(options).*member;
}

// Rows that several verbs share.
inline constexpr Flag kIdFlag{"ID", &Call::id, "of the container"};
template <class Own>
constexpr Flag kBundleFlag{"-b,--bundle DIR", in<Own, &Own::bundle>,
                           "holds config.json; default: where you are"};

struct Verb {
  std::string_view name;
  std::string_view summary;
  std::span<const Flag> flags;
  std::unique_ptr<Options> (*make_options)();
  /// Makes the checks that need all words: throws Error (the origin is the flag) before anything is
  /// done.
  void (*check)(Call& call, Options& options);
  /// Returns the exit code.
  int (*run)(Call& call, Options& options);
  std::string_view note;  ///< below the flags in --help
};

inline void check_nothing(Call& /*call*/, Options& /*options*/) {}

/// `check` takes `Own` or a base of it.
template <class Own, int (*run)(Call&, Own&), auto check = check_nothing>
constexpr Verb verb(std::string_view name, std::string_view summary, std::span<const Flag> flags,
                    std::string_view note = {}) {
  return {.name = name,
          .summary = summary,
          .flags = flags,
          .make_options = []() -> std::unique_ptr<Options> { return std::make_unique<Own>(); },
          .check = [](Call& call, Options& options) { check(call, static_cast<Own&>(options)); },
          .run = [](Call& call, Options& options) { return run(call, static_cast<Own&>(options)); },
          .note = note};
}

}  // namespace berth::cli
