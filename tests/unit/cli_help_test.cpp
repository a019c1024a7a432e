// What the command line answers to a person who does not know it yet.
#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/cli/parse.h"
#include "runtime/cli/verbs.h"
#include "spec/error.h"

namespace berth::cli {
namespace {

using Words = std::vector<std::string>;

Error refusal_of(const Words& words) {
  Call call;
  try {
    parse(words, call);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::Bug, "was taken"};
}

TEST_CASE("berth alone prints its usage") {
  Call alone;
  Call with_help;
  parse({}, alone);
  parse({"--help"}, with_help);
  CHECK_FALSE(alone.text.empty());
  CHECK(alone.text == with_help.text);
}

TEST_CASE("a verb that berth lacks is refused by its name, and the error lists the verbs") {
  for (const char* const verb : {"checkpoint", "restore", "launch", "Start", "help"}) {
    const Error error = refusal_of({verb, "x"});
    CAPTURE(error.what());
    CHECK(error.message().find("'" + std::string(verb) + "'") != std::string::npos);
    for (const Verb* const each : verbs()) {
      CHECK(error.hint().find(each->name) != std::string::npos);
    }
  }
}

TEST_CASE("what other runtimes have is not supported, any other verb is unknown") {
  for (const char* const verb : {"checkpoint", "restore"}) {
    const Error error = refusal_of({verb, "x"});
    CAPTURE(error.what());
    CHECK(error.kind() == ErrorKind::Unsupported);
    const auto all = verbs();
    CHECK(
        std::none_of(all.begin(), all.end(), [&](const Verb* each) { return each->name == verb; }));
  }
  CHECK(refusal_of({"launch", "x"}).kind() == ErrorKind::Config);
}

TEST_CASE("the hint about a global flag behind the verb says where it goes") {
  CHECK(refusal_of({"list", "--root", "/r"}).hint() == "it goes before the verb");
  CHECK(refusal_of({"create", "--debug", "x"}).hint() == "it goes before the verb");
  CHECK(refusal_of({"list", "--nothing"}).hint() != "it goes before the verb");
}

}  // namespace
}  // namespace berth::cli
