// What berth says when something is wrong, where it says it, and that nothing is left of the try.
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

/// The line of stderr (or of a log) about a pointer; empty when there is none.
std::string line_about(const std::string& text, const std::string& pointer) {
  for (const std::string& line : lines_of(text)) {
    if (contains(line, ": " + pointer + ": ")) return line;
  }
  return {};
}

TEST_CASE_METHOD(Machine,
                 "all mistakes of a config are reported together, each with its place (VV-1)",
                 "[errors][berth]") {
  Bundle bundle = new_bundle()
                      .set("/process/cwd", R"("relative")")
                      .set("/process/rlimits/0/type", R"("RLIMIT_NOSUCH")")
                      .set("/linux/namespaces/0/type", R"("pyd")");
  Container box(*this, bundle);
  const Outcome outcome = box.try_create();
  CHECK_THAT(outcome, Fails());
  CHECK(lines_of(outcome.err).size() == 3);
  const std::vector<std::string> config = lines_of(bundle.config());
  for (const auto& [pointer, value] :
       {std::pair<std::string, std::string>{"/process/cwd", "\"relative\""},
        {"/process/rlimits/0/type", "\"RLIMIT_NOSUCH\""},
        {"/linux/namespaces/0/type", "\"pyd\""}}) {
    const std::string line = line_about(outcome.err, pointer);
    INFO(pointer << " in " << outcome.err);
    std::smatch place;
    REQUIRE(std::regex_search(line, place, std::regex(R"(config\.json:(\d+):(\d+): )")));
    const std::string& written = config.at(std::stoul(place[1]) - 1);
    CHECK(written.substr(std::stoul(place[2]) - 1, value.size()) == value);
  }
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "text that is not JSON is an error with its place (GL-1 GL-2)",
                 "[errors][berth]") {
  Bundle bundle = new_bundle();
  for (const char* text :
       {"", "{\n \"a\": }", "{\n \"root\": {}, \"root\": {}}", "[]", "{\"a\": \"\xff\"}"}) {
    INFO(text);
    CHECK_THAT(run(bundle.replace_config(text)), Fails({"config.json"}));
  }
  CHECK_THAT(run(bundle.replace_config("{\n \"a\": }")), Fails({"config.json:2:7"}));
}

TEST_CASE_METHOD(Machine, "a config that is not JSON is an error", "[errors]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle.replace_config("{\"ociVersion\": }")), Fails());
}

TEST_CASE_METHOD(Machine, "a missing config.json, bundle or rootfs is named (BN-1 CF-ROOT-4)",
                 "[errors]") {
  Bundle bundle = new_bundle().set("/root/path", R"("no-such-root")");
  CHECK_THAT(run(bundle), Fails({"no-such-root"}));
  std::filesystem::remove(bundle.directory() + "/config.json");
  CHECK_THAT(run(bundle), Fails({"config.json"}));
  CHECK_THAT(call({"run", "-b", place() + "/no-bundle", runtime().new_id()}), Fails({"no-bundle"}));
}

TEST_CASE_METHOD(Machine, "ociVersion is a version of 1.x (CF-VER-1 CF-VER-2)", "[errors][berth]") {
  Bundle bundle = new_bundle();
  for (const char* version : {"1.0.0", "1.2.1", "1.3.0-rc.1", "1.0.2-dev", "1.99.0"}) {
    INFO(version);
    CHECK_THAT(run(bundle.set("/ociVersion", json::quote(version))), Succeeds());
  }
  for (const char* version : {"", "1", "1.0", "2.0.0", "0.9.0", "1.0.0.0", "v1.0.0", "01.0.0"}) {
    INFO(version);
    CHECK_THAT(run(bundle.set("/ociVersion", json::quote(version))), Fails({"/ociVersion"}));
  }
}

TEST_CASE_METHOD(Machine, "errors name the container and the verb (SR-46)", "[errors][berth]") {
  CHECK_THAT(call({"start", "nobody"}), Fails({"start", "'nobody'", "does not exist"}));
  Container box(*this, new_bundle());
  box.create();
  CHECK_THAT(call({"create", "-b", place() + "/bundle1", box.id()}),
             Fails({"create", box.id(), "already exists"}));
}

TEST_CASE_METHOD(Machine, "a create that fails late leaves nothing either (RT-ERR-1 SR-38)",
                 "[errors][berth]") {
  // In the order of steps: mounts, sysctls, root entered, directory, groups.
  const char* rows[][2] = {
      {"/mounts/5/source", R"("/no/such/source")"},
      {"/linux/sysctl", R"({"net.ipv4.no_such_key": "1"})"},
      {"/process/cwd", R"("/etc/passwd")"},
      {"/process/user/additionalGids", "[4294967295]"},
  };
  for (const auto& [pointer, value] : rows) {
    INFO(pointer);
    Bundle bundle = new_bundle();
    bundle.set("/mounts/5/type", R"("bind")").set("/mounts/5/options", R"(["rbind"])");
    bundle.set("/mounts/5/source", R"("/sys")").set(pointer, value);
    Container box(*this, bundle);
    CHECK_THAT(box.try_create(), Fails({std::string(pointer).substr(0, 9)}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

// ---- logs -----------------------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "a JSON log of a failure holds exactly one object (podman) (SR-43 SR-46)",
                 "[errors]") {
  const std::string log = place() + "/log.json";
  Bundle bundle = new_bundle().args({"/no/such\n\"program"});
  CHECK_THAT(call({"--log", log, "--log-format", "json", "run", "-b", bundle.directory(),
                   runtime().new_id()}),
             Fails());
  const std::string text = read_file(log);
  CHECK(lines_of(text).size() == 1);
  CHECK(json::get(text, "/level") == "error");
  CHECK(contains(json::get(text, "/msg"), "/no/such"));
  CHECK(std::regex_match(json::get(text, "/time"),
                         std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))")));
}

TEST_CASE_METHOD(Machine,
                 "a warning before the failure does not add a second object to the log (podman)",
                 "[errors][berth]") {
  const std::string log = place() + "/log.json";
  Bundle bundle = new_bundle().capabilities({"CAP_WORLD_PEACE"}).args({"/no/such"});
  CHECK_THAT(call({"--log", log, "--log-format=json", "run", "-b", bundle.directory(),
                   runtime().new_id()}),
             Fails());
  CHECK(json::get(read_file(log), "/level") == "error");
}

TEST_CASE_METHOD(Machine, "a text log has one line a record, also for several problems",
                 "[errors][berth]") {
  const std::string log = place() + "/log";
  Bundle bundle = new_bundle().set("/process/cwd", R"("a")").set("/root/path", "7");
  CHECK_THAT(call({"--log", log, "run", "-b", bundle.directory(), runtime().new_id()}), Fails());
  const std::vector<std::string> lines = lines_of(read_file(log));
  REQUIRE(lines.size() == 1);
  CHECK(contains(lines[0], "level=error"));
  CHECK(contains(lines[0], "/process/cwd"));
}

TEST_CASE_METHOD(Machine, "an unknown log format is an error", "[errors]") {
  CHECK_THAT(call({"--log-format", "xml", "list"}), Fails());
}

// ---- the command line -----------------------------------------------------------------------

TEST_CASE_METHOD(Machine, "the version text has name, commit and specification, and no more",
                 "[errors]") {
  const Outcome version = call({"--version"});
  REQUIRE_THAT(version, Succeeds());
  CHECK(version.err.empty());
  const std::vector<std::string> lines = lines_of(version.out);
  REQUIRE(lines.size() >= 3);
  CHECK(contains(lines[0], " version "));
  // Docker reads the last line that has the word.
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK_FALSE(contains(lines[i], "version"));
  CHECK(contains(version.out, "\ncommit: "));
  CHECK(contains(version.out, "\nspec: 1."));
}

TEST_CASE_METHOD(Machine, "help is not an error", "[errors]") {
  CHECK_THAT(call({"--help"}), Succeeds());
  CHECK_THAT(call({"create", "--help"}), Succeeds());
}

// runc prints its help and exits with 3 or 0.
TEST_CASE_METHOD(Machine, "unknown verbs and flags are errors", "[errors][berth]") {
  CHECK_THAT(call({"embark"}), Fails({"embark"}));
  CHECK_THAT(call({"list", "--sideways"}), Fails({"--sideways"}));
  CHECK_THAT(call({"state", "one", "two"}), Fails({"two"}));
}

TEST_CASE_METHOD(Machine, "flags that engines pass are taken in all their forms", "[errors]") {
  const std::string bundle = new_bundle().directory();
  CHECK_THAT(call({"--log=" + place() + "/log", "--debug", "run", "--bundle=" + bundle,
                   "--preserve-fds", "0", runtime().new_id()}),
             Succeeds());
  CHECK_THAT(call({"--root", place() + "/state", "run", "-bundle", bundle, runtime().new_id()}),
             Succeeds());
  CHECK_THAT(call({"run", "--no-pivot", "-b", bundle, runtime().new_id()}), Succeeds());
}

TEST_CASE_METHOD(Machine, "spec writes a config that runs, and does not overwrite one",
                 "[errors]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(call({"spec", "--bundle", bundle.directory()}), Fails());
  std::filesystem::remove(bundle.directory() + "/config.json");
  CHECK_THAT(call({"spec", "--bundle", bundle.directory()}), Succeeds());
  bundle.replace_config(read_file(bundle.directory() + "/config.json"));
  bundle.set("/process/terminal", "false");
  CHECK_THAT(run(bundle, "echo from spec"), Prints("from spec\n"));
}

}  // namespace
}  // namespace berth::test
