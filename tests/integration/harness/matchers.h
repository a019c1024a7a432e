// What an Outcome is expected to be; a failed check shows the whole of it.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/harness/child.h"

namespace berth::test {

class OutcomeMatcher : public Catch::MatcherBase<Outcome> {
 public:
  OutcomeMatcher(int status, std::optional<std::string> output, std::vector<std::string> words)
      : status_(status), output_(std::move(output)), words_(std::move(words)) {}

  bool match(const Outcome& outcome) const override;
  std::string describe() const override;

 private:
  int status_;
  std::optional<std::string> output_;  ///< all of stdout
  std::vector<std::string> words_;     ///< each somewhere in stderr
};

/// Exit code 0.
OutcomeMatcher Succeeds();
/// Exit code 0, and exactly this on stdout.
OutcomeMatcher Prints(const std::string& output);
/// Exit code 0, and each of these in stderr.
OutcomeMatcher Warns(const std::vector<std::string>& words);
/// Exit code 1, and each of these in stderr.
OutcomeMatcher Fails(const std::vector<std::string>& words = {});

}  // namespace berth::test

namespace Catch {
template <>
struct StringMaker<berth::test::Outcome> {
  static std::string convert(const berth::test::Outcome& outcome);
};
}  // namespace Catch
