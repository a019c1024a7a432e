// The flags and arguments of every verb, as one table: for parsing, and for --help.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/cli/call.h"

namespace berth::cli {

/// A call while it is parsed: beside the Call, what is judged only when all words have been seen,
/// for by then we know where to complain.
struct Raw {
  explicit Raw(Call& to) : call(to) {}

  Call& call;
  std::string verb;
  std::string log_format = "text";
  std::string log_level = "error";
  std::string cgroup_manager = "cgroupfs";
  std::string rootless = "auto";
  std::string format;
  std::string preserve_fds = "0";
  std::string pidfd_socket;
  bool debug = false;
  bool systemd_cgroup = false;
  bool detach_create = false;
};

/// Where a flag's truth or a value goes.
using Target = std::variant<bool* (*)(Raw&), std::string* (*)(Raw&)>;

struct Flag {
  unsigned verbs;             ///< bits by Verb; Verb::None is for those before the verb
  std::string_view spelling;  ///< `-b,--bundle DIR`, `--keep`; an argument: `ID`, `[SIGNAL]`
  Target target;
  std::string_view help;

  bool is_argument() const { return spelling[0] != '-'; }
  bool is_required() const { return is_argument() && spelling[0] != '['; }
  bool takes_value() const { return target.index() == 1; }
  bool is_of(Verb verb) const { return (verbs >> static_cast<unsigned>(verb) & 1) != 0; }
  std::string_view letter() const;  ///< `b`, or nothing
  std::string_view name() const;    ///< `bundle`; of an argument `ID`, `SIGNAL`
};

struct VerbRow {
  Verb verb;
  std::string_view name;
  std::string_view summary;
};

std::span<const Flag> flags();
std::span<const VerbRow> verbs();

/// What --help prints; Verb::None: of berth itself.
std::string help_of(Verb verb);

}  // namespace berth::cli
