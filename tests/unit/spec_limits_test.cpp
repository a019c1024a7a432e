// Documents with very many mistakes: how much is kept, and how much work it is.
#include <catch2/catch.hpp>

#include "spec/config/read_config.h"
#include "spec/config/unknown.h"
#include "spec/json/locate.h"

namespace berth::spec {
namespace {

constexpr std::size_t kMany = 100'000;

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += (i == 0 ? "" : ",") + text;
  return all;
}

TEST_CASE("VV-1: of very many mistakes the first are kept, and the others counted") {
  Problems problems;
  (void)read_config(R"({"ociVersion":"1.3.0","root":{"path":"r"},"mounts":[)" +
                        repeated("\n{\"destination\":1}", kMany) + "]}",
                    problems);
  REQUIRE(problems.list().size() == Problems::kMost);
  CHECK(problems.left_out() == kMany - Problems::kMost);
  CHECK(problems.list().back().pointer == "/mounts/99/destination");
  CHECK(problems.list().back().message == "found 1, allowed: a string that is not empty");
  CHECK(problems.list().back().line == 101);
  try {
    fail_if_any(problems, "config.json");
    FAIL("there are problems");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), Catch::EndsWith("\nconfig.json: and 99900 more"));
  }
}

TEST_CASE("RS-DEV-1: device rules, which are compared with each other, have a highest number") {
  const auto refused = [](std::size_t count) {
    Problems problems;
    (void)read_config(
        R"({"ociVersion":"1.3.0","root":{"path":"r"},"linux":{"resources":{"devices":[)" +
            repeated(R"({"allow":true})", count) + "]}}}",
        problems);
    return problems;
  };
  CHECK(refused(10'000).empty());
  REQUIRE(refused(10'001).list().size() == 1);
  CHECK(refused(10'001).list()[0].pointer == "/linux/resources/devices");
}

TEST_CASE("EX-1: of very many unknown properties the first are kept, and the others counted") {
  std::string text = "{";
  for (std::size_t i = 0; i < kMany; ++i) {
    text += (i == 0 ? "" : ",") + ("\"hostname" + std::to_string(i)) + "\":0";
  }
  const IgnoredProperties ignored = find_ignored_properties(text + "}");
  CHECK(ignored.unknown.list().size() == Problems::kMost);
  CHECK(ignored.unknown.left_out() == kMany - Problems::kMost);
}

TEST_CASE("find: however many pointers, each byte is walked over once") {
  const std::string bytes = "{\"a\": [" + repeated(R"({"b": [1, {"c": "d"}], "e": {}})", 1000) +
                            "], \"f\": \"" + std::string(100'000, 'x') + "\"}";
  std::vector<std::string> pointers = {"", "/a", "/f", "/missing/a"};
  const std::size_t first = pointers.size();
  for (std::size_t i = 0; i < 1000; ++i) {
    pointers.push_back("/a/" + std::to_string(i) + "/b/1/c");
    pointers.push_back("/a/" + std::to_string(i) + "/e/missing");
  }
  const Locations locations = find(bytes, pointers);
  CHECK(locations.steps <= bytes.size());
  CHECK(locations.list[0].text == bytes);
  CHECK(locations.list[2].text.size() == 100'002);
  CHECK(locations.list[3].offset == 0);
  for (std::size_t i = first; i < pointers.size(); i += 2) {
    CHECK(locations.list[i].text == R"("d")");
    CHECK(bytes.compare(locations.list[i].offset, 3, R"("d")") == 0);
    CHECK(bytes.compare(locations.list[i + 1].offset, 2, "{}") == 0);
    CHECK_FALSE(locations.list[i + 1].exact);
  }
}

TEST_CASE("a document without a problem is not walked over for places (SR-33)") {
  CHECK(find(R"({"a": {"b": 1}})", {}).steps == 0);
}

TEST_CASE("find: of several members with one name it is the last, also above what is asked for") {
  const std::string bytes = R"({"a": {"b": 1, "c": 2}, "a": {"b": 3}})";
  const Locations locations = find(bytes, {"/a/b", "/a/c"});
  CHECK(locations.list[0].text == "3");
  CHECK_FALSE(locations.list[1].exact);
  CHECK(locations.list[1].offset == bytes.rfind('{'));
}

}  // namespace
}  // namespace berth::spec
