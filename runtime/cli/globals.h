// The flags before the verb.
#pragma once

#include <span>
#include <string>

#include "runtime/cli/verb.h"

namespace berth::cli {

struct Globals : Options {
  std::string verb;
  std::string root;
  std::string log;
  std::string log_format = "text";
  std::string log_level = "error";
  std::string trace;
  std::string cgroup_manager = "cgroupfs";
  std::string rootless = "auto";
  bool debug = false;
  bool systemd_cgroup = false;
};

std::span<const Flag> global_flags();

/// Sets everything that a Call takes from them, including values that check() refuses, so that the
/// error goes to the log that was asked for.
void apply(const Globals& globals, Call& call);

/// Throws Error with the flag as its origin.
void check(const Globals& globals);

}  // namespace berth::cli
