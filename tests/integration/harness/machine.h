// The fixture of every test case: a temporary directory, a runtime with its state root in it, and
// the promise that afterwards the machine is as it was before. The test process has a mount
// namespace of its own, all shared as on a host with systemd, and a network of its own: what a
// runtime lets out is seen, and hurts nobody; what others do meanwhile is not.
#pragma once

#include <string>

#include "tests/integration/harness/bundle.h"
#include "tests/integration/harness/census.h"
#include "tests/integration/harness/matchers.h"
#include "tests/integration/harness/runtime.h"

namespace berth::test {

class Machine {
 public:
  Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  /// Checks that nothing is left, and removes what is.
  ~Machine();

  /// The temporary directory, mode 0755.
  const std::string& place() const { return place_; }
  Runtime& runtime() { return runtime_; }

  Bundle new_bundle() { return Bundle(place_ + "/bundle" + std::to_string(++bundles_)); }
  /// Makes a directory in the temporary one; its path.
  std::string new_directory(const std::string& name);

  Outcome call(const std::vector<std::string>& args) { return runtime_.call(args); }
  /// As a user without any privilege, who cannot look into the directory that was built in.
  Outcome call_as_nobody(const std::vector<std::string>& args);
  /// `run` in the foreground, with an id of its own.
  Outcome run(const Bundle& bundle);
  /// The same with a script for busybox sh as program.
  Outcome run(Bundle& bundle, const std::string& script);

 private:
  std::string place_;
  Runtime runtime_;
  Census before_;
  int bundles_ = 0;
};

/// For Command::prepare of what downloads something.
void enter_machine_network();

/// A test that this machine cannot run: says so, visibly.
void skip(const std::string& why);

}  // namespace berth::test
