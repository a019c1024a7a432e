// The runtime under test: the program in $BERTH, or the berth of this build, with a state root of
// its own. Tests that check what only berth promises (its texts, plan, trace, fewer leaks) carry
// the tag [berth]; the rest holds for any runtime: BERTH=/usr/sbin/runc … '~[berth]'.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/harness/child.h"

namespace berth::test {

class Runtime {
 public:
  explicit Runtime(std::string state_root) : state_root_(std::move(state_root)) {}

  static std::string program();
  /// It was built with AddressSanitizer and UBSan, which need memory, descriptors and a /proc of
  /// their own: a test that leaves them none is skipped.
  static bool is_sanitized();
  /// In a child that will execute it and is traced: a berth with sanitizers looks for leaks at its
  /// end, which does not work under ptrace(2).
  static void prepare_for_tracing();
  const std::string& state_root() const { return state_root_; }

  /// `berth --root ROOT ARGS…`
  Command command(const std::vector<std::string>& args) const;
  /// Runs that to its end.
  Outcome call(const std::vector<std::string>& args) const { return run_command(command(args)); }

  /// In every id, so that what a container leaves anywhere on the machine is known as ours.
  static std::string tag();
  std::string new_id() { return tag() + "-" + std::to_string(++last_id_); }

 private:
  std::string state_root_;
  int last_id_ = 0;
};

}  // namespace berth::test
