#include <catch2/catch.hpp>

#include "spec/config/read_config.h"
#include "spec/json/locate.h"

namespace berth::spec {
namespace {

std::string config_with(const std::string& more) {
  return R"({"ociVersion":"1.3.0","root":{"path":"r"})" + more + "}";
}

/// `LINE:COLUMN POINTER` of every problem.
std::vector<std::string> places(const std::string& bytes) {
  Problems problems;
  (void)read_config(bytes, problems);
  std::vector<std::string> places;
  for (const Problem& one : problems.list()) {
    places.push_back(std::to_string(one.line) + ":" + std::to_string(one.column) + " " +
                     one.pointer);
  }
  return places;
}

std::string message(const std::string& bytes) {
  Problems problems;
  (void)read_config(bytes, problems);
  REQUIRE(problems.list().size() == 1);
  return problems.list()[0].message;
}

using Lines = std::vector<std::string>;

TEST_CASE("VV-1: all mistakes at once, in document order, each with its place (SR-41)") {
  CHECK(places("{\n"
               "  \"ociVersion\": \"1.3.0\",\n"
               "  \"linux\": {\"namespaces\": [{\"type\": \"net\"}]},\n"
               "  \"process\": {\n"
               "    \"args\": [\"sh\"],\n"
               "    \"terminal\": 1,\n"
               "    \"cwd\": \"tmp\"\n"
               "  },\n"
               "  \"root\": {}\n"
               "}\n") == Lines{"3:37 /linux/namespaces/0/type", "6:17 /process/terminal",
                               "7:12 /process/cwd", "9:11 /root/path"});
}

TEST_CASE("GL-1: text that is not JSON is one problem, at the first wrong byte (SR-41)") {
  const auto [bytes, place] = GENERATE(table<std::string, std::string>({
      {"", "1:1 "},
      {"  ", "1:3 "},
      {"{", "1:2 "},
      {"{\n  \"a\": 1,\n}", "3:1 "},
      {"{\"a\": [1, 2,]}", "1:13 "},
      {"{\"a\": 1 // b\n}", "1:9 "},
      {"{/**/}", "1:2 "},
      {"{\"a\": 'b'}", "1:7 "},
      {"{\"a\": tru}", "1:10 "},
      {"{\"a\": NaN}", "1:7 "},
      {"{\"a\": 01}", "1:8 "},
      {"{\"a\": +1}", "1:7 "},
      {"{\"a\": 1.}", "1:9 "},
      {"{a: 1}", "1:2 "},
      {"{\"a\" 1}", "1:6 "},
      {"{\"a\": \"\\x\"}", "1:8 "},
      {"{\"a\": \"\\ud800\"}", "1:8 "},
      {"{\"a\": \"\t\"}", "1:8 "},
      {"{\"a\": \"b", "1:9 "},
      {"{}\n{}", "2:1 "},
      {"{} x", "1:4 "},
      {std::string("{}\0", 3), "1:3 "},
      {std::string("{}\n\0{", 5), "2:1 "},
      {"\xEF\xBB\xBF{}", "1:1 "},
      {"{\n\"a\": \"\xFF\"}", "2:7 "},
      {"{\"a\": \"\xC0\x80\"}", "1:8 "},
      {"{\"a\": \"\xED\xA0\x80\"}", "1:8 "},
      {"{\"a\": \"\xF4\x90\x80\x80\"}", "1:8 "},
      {"{\"a\": \"\xE2\x82", "1:8 "},
  }));
  INFO(bytes);
  CHECK(places(bytes) == Lines{place});
}

TEST_CASE("GL-1: the message says what is in the way") {
  CHECK(message("{\"a\": 1,}") == "not JSON at '}': missing a name for object member");
  CHECK(message("{\"a\": 1") ==
        "not JSON at the end: missing a comma or '}' after an object member");
  CHECK_THAT(message("{\"a\": \"\xFF\"}"), Catch::Contains("a byte that is not UTF-8"));
}

TEST_CASE("EX-1 GL-2: unknown properties are ignored, but have no name twice") {
  CHECK(places(config_with(R"(,"x":{"y":null,"z":[1e9,"\u0000"]},"Hostname":5)")).empty());
  CHECK(places(config_with(R"(,"x":[0,{"a":1,"b":{},"a":2}])")) == Lines{"1:68 /x/1/a"});
}

TEST_CASE("GL-2: a name twice is a problem at the second one (SR-41)") {
  CHECK(places(config_with(R"(,"hostname":"a","hostname":"b")")) == Lines{"1:69 /hostname"});
  CHECK(places(config_with(R"(,"a/b":1,"\u0061/b":2)")) == Lines{"1:62 /a~1b"});
  CHECK(places(config_with(R"(,"x":1,"x":2,"x":3,"y":1,"y":2)")) == Lines{"1:59 /x", "1:71 /y"});
  CHECK(message(config_with(R"(,"a\n":1,"a\n":2)")) ==
        R"(found the name "a\n" again, allowed: each name once)");
}

TEST_CASE("VV-1: names match to the letter") {
  CHECK(places(R"({"OCIVersion":"1.3.0","root":{"path":"r"}})") == Lines{"1:1 /ociVersion"});
}

TEST_CASE("VV-1: texts have no NUL and no half surrogate pairs, names neither (SR-41)") {
  CHECK(places(config_with(R"(,"hostname":"a\u0000b")")) == Lines{"1:54 /hostname"});
  CHECK(places(config_with(R"(,"hostname":"\udc00")")) == Lines{"1:54 /hostname"});
  CHECK(places(config_with(R"(,"hostname":"\ud83d\ude00")")).empty());
  CHECK(places(config_with(R"(,"annotations":{"\u0000":""})")).size() == 1);
}

TEST_CASE("VV-1: depth and size have a limit (SR-41)") {
  const auto nested = [](std::size_t depth) {
    return config_with(",\"x\":" + std::string(depth, '[') + std::string(depth, ']'));
  };
  CHECK(places(nested(63)).empty());
  CHECK(places(nested(64)) == Lines{"1:110 "});
  CHECK_THAT(message(nested(1000000)), Catch::Contains("64 levels"));
  CHECK(places("{\"a\": \"" + std::string(100, '[') + "\"}").size() == 2);
  CHECK_THAT(message(std::string((16 << 20) + 1, ' ')), Catch::Contains("16777216"));
}

TEST_CASE("VV-1: a long list of mistakes ends somewhere") {
  std::string args = R"(,"process":{"cwd":"/","args":[0)";
  for (int i = 0; i < 1000; i++) args += ",0";
  CHECK(places(config_with(args + "]}")).size() == 100);
}

TEST_CASE("messages show the value as it is written, in one short line") {
  const auto found = [](const std::string& value) {
    return message(config_with(",\"mounts\":" + value));
  };
  CHECK(found("1.50e2") == "found 1.50e2, allowed: an array");
  CHECK(found("\"a\\nb\"") == "found \"a\\nb\", allowed: an array");
  CHECK(found("{ }") == "found an object, allowed: an array");
  CHECK(found("\"" + std::string(58, 'x') + "é\"") ==
        "found \"" + std::string(58, 'x') + "…, allowed: an array");
}

TEST_CASE("locate: a pointer leads to its value, or to the nearest parent") {
  const std::string bytes =
      "{\n \"a\": {\"b/c\": [10, {\"~\": true}]},\n \"\": {\"\\u0041\": 1}\n}\n";
  const auto [pointer, line, column] = GENERATE(table<std::string, int, int>({
      {"", 1, 1},
      {"/a", 2, 7},
      {"/a/b~1c", 2, 15},
      {"/a/b~1c/0", 2, 16},
      {"/a/b~1c/1/~0", 2, 26},
      {"/", 3, 6},
      {"//A", 3, 17},
      {"/x/y", 1, 1},
      {"/a/missing/5", 2, 7},
      {"/a/b~1c/2", 2, 15},
      {"/a/b~1c/x", 2, 15},
      {"/a/b~1c/0/deeper", 2, 16},
      {"no pointer", 1, 1},
  }));
  INFO(pointer);
  Problems problems;
  problems.add(pointer, "of a later look");
  locate(bytes, problems);
  CHECK(problems.list()[0].line == line);
  CHECK(problems.list()[0].column == column);
}

TEST_CASE("locate: known positions stay, and all come into document order") {
  Problems problems;
  problems.add("/b", "second");
  problems.add({.pointer = "/c", .message = "third", .line = 7, .column = 1});
  problems.add("/a", "first");
  locate("{\"a\": 1, \"b\": 2, \"c\": 3}", problems);
  CHECK(problems.list()[0].message == "first");
  CHECK(problems.list()[1].message == "second");
  CHECK(problems.list()[2].line == 7);
}

TEST_CASE("find: bytes that are not JSON lead nowhere, and do no harm") {
  const std::string bytes =
      GENERATE(as<std::string>(), "", "{", "[", "{\"a", "{\"a\\", "{\"a\":", "[1,", "{]", "\"\\");
  for (const char* pointer : {"", "/a", "/0", "/1/a"}) {
    CHECK(find(bytes, {pointer}).list.at(0).offset <= bytes.size());
  }
}

}  // namespace
}  // namespace berth::spec
