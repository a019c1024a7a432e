#include <catch2/catch.hpp>

#include "spec/json/json.h"

#include "spec/documents/features.h"
#include "spec/documents/state.h"

// Structs of another room, with a describe() of their own.
namespace elsewhere {

struct Part {
  std::int32_t number = 0;
};

struct Whole {
  std::uint32_t small = 0;
  std::uint64_t large = 0;
  std::int64_t negative = 0;
  bool flag = false;
  std::string text;
  std::optional<std::string> maybe;
  std::vector<Part> parts;
  std::map<std::string, Part> by_name;
  std::map<std::string, std::uint64_t> numbers;
  Part nested;
};

void describe(auto& v, Part& part) { v.optional("number", part.number); }

void describe(auto& v, Whole& whole) {
  v.required("small", whole.small);
  v.optional("large", whole.large);
  v.optional("negative", whole.negative);
  v.optional("flag", whole.flag);
  v.optional("text", whole.text);
  v.optional("maybe", whole.maybe);
  v.optional("parts", whole.parts);
  v.optional("byName", whole.by_name);
  v.optional("numbers", whole.numbers);
  v.optional("nested", whole.nested);
}

}  // namespace elsewhere

namespace berth::spec {
namespace {

using elsewhere::Whole;

Whole full() {
  Whole whole;
  whole.small = UINT32_MAX;
  whole.large = UINT64_MAX;
  whole.negative = INT64_MIN;
  whole.flag = true;
  whole.text = "a\"b";
  whole.maybe = "";
  whole.parts = {{1}, {}, {-3}};
  whole.by_name = {{"x/y", {4}}};
  whole.numbers = {{"n", 5}, {"m", 0}};
  whole.nested.number = 6;
  return whole;
}

const char kFull[] =
    R"({"small":4294967295,"large":18446744073709551615,"negative":-9223372036854775808,)"
    R"("flag":true,"text":"a\"b","maybe":"","parts":[{"number":1},{},{"number":-3}],)"
    R"("byName":{"x/y":{"number":4}},"numbers":{"m":0,"n":5},"nested":{"number":6}})";

TEST_CASE("to_json writes every kind of field, in the order of describe") {
  CHECK(to_json(full()) == kFull);
}

TEST_CASE("to_json leaves out what is optional and empty") {
  CHECK(to_json(Whole{}) == R"({"small":0})");
}

TEST_CASE("to_json writes arrays and maps of structs, also at the top") {
  CHECK(to_json(std::vector<elsewhere::Part>{{1}, {2}}) == R"([{"number":1},{"number":2}])");
  CHECK(to_json(std::vector<Whole>{}, Layout::Pretty) == "[]");
}

TEST_CASE("to_json pretty has a line a value") {
  Whole whole;
  whole.parts = {{1}, {}};
  CHECK(to_json(whole, Layout::Pretty) ==
        "{\n  \"small\": 0,\n  \"parts\": [\n    {\n      \"number\": 1\n    },\n    {}\n  ]\n}");
}

TEST_CASE("from_json reads back what to_json wrote") {
  const auto layout = GENERATE(Layout::Compact, Layout::Pretty);
  Problems problems;
  CHECK(to_json(from_json<Whole>(to_json(full(), layout), problems)) == kFull);
  CHECK(problems.empty());
}

TEST_CASE("from_json has the range of the field") {
  const std::string property = GENERATE(
      R"("small":-1)", R"("small":4294967296)", R"("small":1.0)", R"("small":0,"large":-1)",
      R"("small":0,"large":18446744073709551616)", R"("small":0,"negative":9223372036854775808)",
      R"("small":0,"nested":{"number":2147483648})");
  Problems problems;
  (void)from_json<Whole>("{" + property + "}", problems);
  REQUIRE(problems.list().size() == 1);
  CHECK_THAT(problems.list()[0].message, Catch::Contains("an integer"));
}

TEST_CASE("json_quote makes a valid JSON string of any bytes") {
  CHECK(json_quote("a/é\"\\") == R"("a/é\"\\")");
  CHECK(json_quote(std::string_view("\0\x01\t\n\x7f", 5)) == R"("\u0000\u0001\u0009\n\u007f")");
  CHECK(json_quote("\xFFx\xE2\x82") == "\"\uFFFDx\uFFFD\uFFFD\"");
  CHECK(json_quote("") == "\"\"");
}

TEST_CASE("RT-ST-7 RT-ST-8: the state document leaves out what is not known") {
  State state;
  state.oci_version = "1.3.0";
  state.id = "web1";
  state.status = "stopped";
  state.bundle = "/b";
  CHECK(to_json(state) == R"({"ociVersion":"1.3.0","id":"web1","status":"stopped","bundle":"/b"})");
  state.pid = 7;
  state.created = "2026-01-01T00:00:00Z";
  state.annotations = {{"k", "v"}};
  CHECK(to_json(state) ==
        R"({"ociVersion":"1.3.0","id":"web1","status":"stopped","pid":7,"bundle":"/b",)"
        R"("created":"2026-01-01T00:00:00Z","annotations":{"k":"v"}})");
}

TEST_CASE("FT-2 FT-4: unknown, false and empty are three things in the features document") {
  Features features;
  features.oci_version_min = "1.0.0";
  features.oci_version_max = "1.3.0";
  features.mount_options.emplace();
  features.linux.emplace().cgroup.emplace().v1 = false;
  features.linux->apparmor.emplace();
  const std::string text = R"({"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0","mountOptions":[],)"
                           R"("linux":{"cgroup":{"v1":false},"apparmor":{}}})";
  CHECK(to_json(features) == text);
  Problems problems;
  CHECK(to_json(from_json<Features>(text, problems)) == text);
  CHECK(problems.empty());
}

TEST_CASE("CL-18: a features document without versions is not valid") {
  Problems problems;
  (void)from_json<Features>("{}", problems);
  CHECK(problems.list().size() == 2);
}

}  // namespace
}  // namespace berth::spec
