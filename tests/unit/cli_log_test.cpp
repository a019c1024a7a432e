#include <catch2/catch.hpp>

#include "runtime/cli/call.h"
#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"

namespace berth::cli {
namespace {

constexpr std::time_t kTime = 1767323045;  // 2026-01-02 03:04:05 UTC

int do_nothing(Call& /*call*/, Options& /*options*/) { return 0; }

constexpr Verb kCreate = verb<Options, do_nothing>("create", "", {});
constexpr Verb kList = verb<Options, do_nothing>("list", "", {});
constexpr Verb kStart = verb<Options, do_nothing>("start", "", {});

TEST_CASE("a record is one line") {
  CHECK(record(true, Level::Error, "no", kTime) ==
        R"({"level":"error","msg":"no","time":"2026-01-02T03:04:05Z"})"
        "\n");
  CHECK(record(false, Level::Warning, "two words", kTime) ==
        "time=\"2026-01-02T03:04:05Z\" level=warning msg=\"two words\"\n");
}

TEST_CASE("no message can end a record and begin another (SR-43)") {
  const std::string message = "a\",\"level\":\"info\"}\n{\"level\":\"error\"\\";
  for (const bool json : {true, false}) {
    const std::string line = record(json, Level::Error, message, kTime);
    CAPTURE(line);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find(R"(a\",\"level\":\"info\"}\n{\"level\":\"error\"\\)") != std::string::npos);
  }
}

TEST_CASE("messages below the log level are left out") {
  Log log;
  CHECK(log.includes(Level::Error));
  CHECK_FALSE(log.includes(Level::Warning));
  log.level = Level::Warning;
  CHECK(log.includes(Level::Warning));
  CHECK_FALSE(log.includes(Level::Debug));
}

TEST_CASE("an error names verb and container, with each problem on a line of its own") {
  Call call;
  CHECK(message(call, Level::Error, "VERB is required") == "berth: VERB is required");
  call.verb = &kList;
  CHECK(message(call, Level::Error, "no") == "berth: list: no");
  call.verb = &kCreate;
  call.id = "web1";
  CHECK(message(call, Level::Error, "config.json: /mounts/3: a\nconfig.json: /root: b") ==
        "berth: create 'web1': config.json: /mounts/3: a\n"
        "berth: create 'web1': config.json: /root: b");
  CHECK(message(call, Level::Warning, "no") == "berth: warning: create 'web1': no");
}

TEST_CASE("an ID can neither steer a terminal nor forge a line (SR-43)") {
  Call call;
  call.verb = &kStart;
  call.id = "a'\nberth: \x1b[2J";
  CHECK(message(call, Level::Error, "b\x7f") == "berth: start 'a'\\x0aberth: \\x1b[2J': b\\x7f");
}

TEST_CASE("what people write stays readable") { CHECK(printable("löve = 'x'") == "löve = 'x'"); }

TEST_CASE("a table has columns of equal width") {
  CHECK(table({{"ID", "PID", "STATUS"}, {"web1", "7", "running"}, {"b\n", "12345", "x"}}) ==
        "ID     PID    STATUS\n"
        "web1   7      running\n"
        "b\\x0a  12345  x\n");
  CHECK(table({{"ID"}}) == "ID\n");
}

}  // namespace
}  // namespace berth::cli
