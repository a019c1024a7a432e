// What stands before the verb.
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

/// All that a Call takes from them. Also of values that check() refuses: the error goes to the log
/// that was asked for.
void apply(const Globals& globals, Call& call);

/// Throws Error, the origin is the flag.
void check(const Globals& globals);

}  // namespace berth::cli
