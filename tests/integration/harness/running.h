// A running container, into which a test executes more.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/harness/container.h"

namespace berth::test {

/// A container that runs, or one that the test changes before.
class Running : public Machine {
 protected:
  Running() : bundle_(new_bundle().script("echo ready; exec sleep 1000")), box_(*this, bundle_) {}

  void run_it() {
    box_.create_and_start();
    box_.wait_for_output("ready");
  }

  Command command(const std::vector<std::string>& words, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), "exec");
    flags.push_back(box_.id());
    flags.insert(flags.end(), words.begin(), words.end());
    return runtime().command(flags);
  }
  Outcome exec(const std::vector<std::string>& words, const std::vector<std::string>& flags = {}) {
    return run_command(command(words, flags));
  }
  Outcome shell(const std::string& script, const std::vector<std::string>& flags = {}) {
    return exec({"sh", "-c", script}, flags);
  }

  Bundle bundle_;
  Container box_;
};

}  // namespace berth::test
