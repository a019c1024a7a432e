#include "tests/integration/harness/matchers.h"

#include <algorithm>

#include "tests/integration/harness/files.h"

namespace berth::test {

bool OutcomeMatcher::match(const Outcome& outcome) const {
  return outcome.status == status_ && (!output_ || outcome.out == *output_) &&
         std::all_of(words_.begin(), words_.end(),
                     [&](const std::string& word) { return contains(outcome.err, word); });
}

std::string OutcomeMatcher::describe() const {
  std::string text = "exits with " + std::to_string(status_);
  if (output_) text += ", prints '" + *output_ + "'";
  for (const std::string& word : words_) text += ", says '" + word + "'";
  return text;
}

OutcomeMatcher Succeeds() { return {0, std::nullopt, {}}; }
OutcomeMatcher Prints(const std::string& output) { return {0, output, {}}; }
OutcomeMatcher Warns(const std::vector<std::string>& words) { return {0, std::nullopt, words}; }
OutcomeMatcher Fails(const std::vector<std::string>& words) { return {1, std::nullopt, words}; }

}  // namespace berth::test

std::string Catch::StringMaker<berth::test::Outcome>::convert(const berth::test::Outcome& outcome) {
  return "exit code " + std::to_string(outcome.status) + "\nstdout: " + outcome.out +
         "\nstderr: " + outcome.err + "\n";
}
