// Documents of megabytes, as a hostile image or a program gone wrong may write them: what berth
// does with them is work in proportion to their size.
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

/// So much CPU: hundreds of times what it takes, and less than any work that grows with the square.
constexpr rlim_t kSeconds = 20;

struct Huge {
  const char* what;
  const char* verb;
  const char* property;
  std::size_t count;
  std::string (*element)(const std::string& number);
  bool is_object;
};

Command with_limit(Command command) {
  command.prepare = [] {
    const rlimit limit{kSeconds, kSeconds};
    setrlimit(RLIMIT_CPU, &limit);
  };
  return command;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string value_of(const Huge& huge) {
  std::string text(1, huge.is_object ? '{' : '[');
  for (std::size_t i = 0; i < huge.count; ++i) {
    if (i > 0) text += ',';
    text += huge.element(std::to_string(i));
  }
  return text + (huge.is_object ? "}" : "]");
}

TEST_CASE_METHOD(Machine,
                 "RT-CREATE-6: the work for a huge config grows with its size and not faster",
                 "[huge][berth]") {
  const auto huge = GENERATE(values<Huge>({
      {"masked paths", "plan", "/linux/maskedPaths", 100'000,
       [](const std::string& number) { return quoted("/proc/" + number); }, false},
      {"read-only paths", "plan", "/linux/readonlyPaths", 100'000,
       [](const std::string& number) { return quoted("/proc/" + number); }, false},
      {"devices", "plan", "/linux/devices", 100'000,
       [](const std::string& number) { return R"({"type":"p","path":"/dev/)" + number + R"("})"; },
       false},
      {"wrong mounts", "plan", "/mounts", 50'000,
       [](const std::string&) { return std::string(R"({"destination":"/proc/x","type":"proc"})"); },
       false},
      {"wrong sysctls", "plan", "/linux/sysctl", 100'000,
       [](const std::string& number) { return quoted("kernel.wrong" + number) + R"(:"1")"; }, true},
      {"mistakes of form", "validate", "/mounts", 100'000,
       [](const std::string&) { return std::string(R"({"destination":1})"); }, false},
      {"unknown members", "validate", "/process/user", 100'000,
       [](const std::string& number) { return quoted("unknown" + number) + ":0"; }, true},
      {"unknown capabilities", "validate", "/process/capabilities/bounding", 200'000,
       [](const std::string& number) { return quoted("CAP_" + number); }, false},
  }));
  CAPTURE(huge.what);
  Bundle bundle = new_bundle().set(huge.property, value_of(huge));
  const Outcome outcome =
      run_command(with_limit(runtime().command({huge.verb, "--bundle", bundle.directory()})));
  CHECK(outcome.status < 2);  // 128 + SIGXCPU
  // At most a hundred are reported, then how many more there are.
  if (outcome.status == 1 || std::string(huge.what) == "unknown capabilities") {
    const std::string& reported = std::string(huge.verb) == "plan" ? outcome.err : outcome.out;
    CHECK(lines_of(reported).size() < 110);
    CHECK(contains(reported, " more"));
  }
}

TEST_CASE_METHOD(Machine, "RT-CREATE-6: a long name with very many members costs its length once",
                 "[huge][berth]") {
  constexpr std::size_t kName = 2'000'000, kMembers = 100'000;
  std::string members = R"("twice":0,"twice":0)";
  for (std::size_t i = 0; i < kMembers; ++i) members += ",\"m" + std::to_string(i) + "\":0";
  Bundle bundle = new_bundle();
  std::string config = bundle.config();
  config.insert(1, "\"unknown\":{\"" + std::string(kName, 'n') + "\":{" + members + "}},");
  bundle.replace_config(config);
  const Outcome outcome =
      run_command(with_limit(runtime().command({"validate", "--bundle", bundle.directory()})));
  CHECK(outcome.status == 1);
  CHECK(contains(outcome.out, "twice"));
}

}  // namespace
}  // namespace berth::test
