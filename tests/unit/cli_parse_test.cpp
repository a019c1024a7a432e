// What a command line means, and what is wrong with one.
#include <catch2/catch.hpp>

#include "parsed_call.h"
#include "runtime/cli/values.h"
#include "runtime/container/verbs/delete.h"
#include "runtime/container/verbs/run.h"
namespace berth::cli {
namespace {

TEST_CASE("validate, features") {
  CHECK(parsed({"validate"}).name() == "validate");
  CHECK(parsed({"validate", "-b", "/b"}).value_of("bundle") == "/b");
  CHECK(parsed({"validate", "x.json"}).value_of("PATH") == "x.json");
  CHECK(parsed({"validate", "--json", "x.json", "--strict"}).truth_of("json"));
  CHECK_FALSE(parsed({"validate", "--strict"}).truth_of("json"));
  CHECK(parsed({"validate", "--strict"}).truth_of("strict"));
  CHECK_FALSE(parsed({"validate"}).truth_of("strict"));
  CHECK(parsed({"spec", "--schema"}).truth_of("schema"));
  CHECK(parsed({"validate", "--schema", "policy.json"}).value_of("schema") == "policy.json");
  CHECK(parsed({"features"}).name() == "features");
}

TEST_CASE("update takes what go-runc, CRI-O and podman give, and -1 is a value") {
  CHECK(parsed({"update", "--resources=-", "x"}).value_of("resources") == "-");
  CHECK(parsed({"update", "-r", "/f", "x"}).value_of("resources") == "/f");
  const Parsed call = parsed({"update", "--memory-swap", "-1", "--cpu-shares=5", "x"});
  CHECK(call.value_of("memory-swap") == "-1");
  CHECK(call.value_of("cpu-share") == "5");
  CHECK_FALSE(call.truth_of("dry-run"));
}

TEST_CASE("a flag without a value sets its own target and no other one") {
  for (const Verb* const verb : verbs()) {
    for (const Flag& given : verb->flags) {
      if (given.takes_value()) continue;
      Words words = {std::string(verb->name), "--" + std::string(given.name())};
      for (const Flag& each : verb->flags) {
        if (each.is_required()) words.emplace_back("x");
      }
      const Parsed call = parsed(words);
      for (const Flag& each : verb->flags) {
        CAPTURE(words, each.spelling);
        if (!each.takes_value()) CHECK(call.truth_of(each.name()) == (&each == &given));
      }
    }
  }
}

TEST_CASE("of a repeated flag the last one counts") {
  const Parsed call =
      parsed({"--root", "/a", "--debug", "--root=/b", "--debug", "create", "--bundle", "/c",
              "--bundle", "/d", "--no-pivot", "--no-pivot", "web1"});
  CHECK(call.context.root == "/b");
  CHECK(call.creation().bundle == "/d");
  CHECK(call.creation().no_pivot);
}

TEST_CASE("one dash is as good as two") {
  const Parsed call = parsed({"-root", "/a", "-log-format=json", "run", "-no-subreaper", "-detach",
                              "-bundle", "/b", "web1"});
  CHECK(call.context.root == "/a");
  CHECK(call.log.json);
  CHECK(call.as<container::RunOptions>().no_subreaper);
  CHECK(call.as<container::RunOptions>().detach);
  CHECK(call.creation().bundle == "/b");
}

TEST_CASE("values are taken as they are") {
  CHECK(parsed({"create", "--pid-file", "-no-pivot", "web1"}).creation().pid_file == "-no-pivot");
  CHECK(parsed({"create", "-b", "[a,b]", "web1"}).creation().bundle == "[a,b]");
  CHECK(parsed({"start", "--", "-d"}).id == "-d");
  CHECK(parsed({"start", "a=b"}).id == "a=b");
  CHECK(parsed({"start", "start"}).id == "start");
}

TEST_CASE("a time is written as Go's programs take it, or in seconds") {
  for (const auto& [text, milliseconds] : std::vector<std::pair<std::string, int>>{
           {"5s", 5'000},
           {"1m30s", 90'000},
           {"0.5s", 500},
           {".25s", 250},
           {"2.0625m", 123'750},
           {"1h", 3'600'000},
           {"200ms", 200},
           {"1500us", 1},
           {"5", 5'000},
           {"596h", 2'145'600'000},
       }) {
    CAPTURE(text);
    CHECK(duration_of("--interval", text) == milliseconds);
  }
  for (const char* const text : {"", "s", "3x", "-1s", "1e3s", "1.2.3s", "1.s", "5 s", "0", "0s",
                                 "999us", "597h", "99999999999999999h", "999999999999999999999s"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(duration_of("--interval", text), Error);
  }
}

TEST_CASE("flags can be given a truth value") {
  CHECK_FALSE(parsed({"delete", "--force=false", "web1"}).as<container::DeleteOptions>().force);
  CHECK(parsed({"delete", "--force=true", "web1"}).as<container::DeleteOptions>().force);
}

TEST_CASE("what other runtimes have and what means nothing here") {
  CHECK(parsed({"--rootless=auto", "run", "x"}).creation().rootless == std::nullopt);
  CHECK(parsed({"--rootless", "false", "run", "x"}).creation().rootless == false);
  CHECK(parsed({"--rootless=true", "run", "x"}).creation().rootless == true);
  CHECK(parsed({"--cgroup-manager", "cgroupfs", "list"}).name() == "list");
  CHECK(parsed({"--systemd-cgroup=false", "list"}).name() == "list");
  CHECK(parsed({"create", "--detach", "web1"}).name() == "create");
}

TEST_CASE("flags that choose the log level") {
  CHECK(parsed({"list"}).log.level == Level::Error);
  CHECK(parsed({"--log-level", "warning", "list"}).log.level == Level::Warning);
  CHECK(parsed({"--log-level", "info", "list"}).log.level == Level::Warning);
  CHECK(parsed({"--log-level", "error", "list"}).log.level == Level::Error);
  CHECK(parsed({"--log-level=debug", "list"}).log.level == Level::Debug);
  CHECK(parsed({"--debug", "--log-level=error", "list"}).log.level == Level::Debug);
}

TEST_CASE("of several --cgroup-manager the last counts, and disabled is for create, run and plan") {
  const Words disabled{"--cgroup-manager", "cgroupfs", "--cgroup-manager=disabled"};
  for (const char* verb : {"create", "run", "plan"}) {
    Words words = disabled;
    words.insert(words.end(), {verb, "x"});
    CHECK(parsed(words).request().no_cgroups);
    words.insert(words.begin() + 3, {"-cgroup-manager", "cgroupfs"});
    CHECK_FALSE(parsed(words).request().no_cgroups);
  }
}

TEST_CASE("the flag that asks systemd for the cgroup is known to the verbs that make one") {
  for (const char* verb : {"create", "run", "plan"}) {
    for (const auto& [words, flag] : std::vector<std::pair<Words, std::string>>{
             {{"--systemd-cgroup", verb, "x"}, "--systemd-cgroup"},
             {{"-systemd-cgroup=true", verb, "x"}, "--systemd-cgroup"},
             {{"--cgroup-manager", "systemd", verb, "x"}, "--cgroup-manager"},
             {{"--cgroup-manager", "cgroupfs", verb, "x"}, ""},
         }) {
      CAPTURE(words);
      CHECK(parsed(words).request().systemd_flag == flag);
    }
  }
}

TEST_CASE("asking for a scope of systemd contradicts --cgroup-manager disabled") {
  const Refusal refused =
      refusal({"--cgroup-manager", "disabled", "--systemd-cgroup", "create", "x"});
  CHECK(refused.origin == "--systemd-cgroup");
  CHECK(refused.kind == ErrorKind::Config);
}

TEST_CASE("CRI-O gives --systemd-cgroup to every verb, and to most it means nothing") {
  for (const Words& words : std::vector<Words>{{"start", "x"},
                                               {"state", "x"},
                                               {"kill", "x", "9"},
                                               {"delete", "--force", "x"},
                                               {"exec", "x", "true"},
                                               {"list"}}) {
    for (const Words& flag : std::vector<Words>{{"--systemd-cgroup", "--systemd-cgroup"},
                                                {"--cgroup-manager", "systemd"}}) {
      Words all = flag;
      all.insert(all.end(), words.begin(), words.end());
      CHECK(parsed(all).name() == words.front());
    }
  }
}

TEST_CASE(
    "the log may be given as crun takes it: file:PATH, and others are refused, not made files") {
  CHECK(parsed({"--log=file:/l", "list"}).log.file == "/l");
  CHECK(parsed({"--log", "file:journald:x", "list"}).log.file == "journald:x");
  for (const char* log : {"journald:web1", "syslog:web1"}) {
    const Refusal refused = refusal({"--log", log, "start", "x"});
    CHECK(refused.kind == ErrorKind::Unsupported);
    CHECK(refused.origin == "--log");
    CHECK(refused.message.find(log) != std::string::npos);
    CHECK(refused.call.log.file.empty());
  }
}

TEST_CASE("mistakes name the word (RT-START-1, RT-STATE-1, RT-KILL-1, RT-DEL-1, RT-CREATE-1)") {
  for (const auto& [words, what] : std::vector<std::pair<Words, std::string>>{
           {{"--debug"}, "VERB"},
           {{"--root"}, "--root"},
           {{"launch"}, "'launch'"},
           {{"--nothing", "start", "x"}, "--nothing"},
           {{"--nothing=1", "start", "x"}, "--nothing"},
           {{"start", "--nothing", "x"}, "--nothing"},
           {{"start", "--nothing"}, "--nothing"},
           {{"start", "-n", "x"}, "-n"},
           {{"start", "--root", "/r", "x"}, "--root"},
           {{"create"}, "ID"},
           {{"start"}, "ID"},
           {{"state"}, "ID"},
           {{"kill"}, "ID"},
           {{"delete"}, "ID"},
           {{"run"}, "ID"},
           {{"start", "x", "y"}, "'y'"},
           {{"list", "x"}, "'x'"},
           {{"create", "x", "--bundle"}, "--bundle"},
           {{"create", "x", "--bundle="}, "--bundle"},
           {{"create", "--pid-file", "", "x"}, "--pid-file"},
           {{"--root", "", "list"}, "--root"},
           {{"create", "--preserve-fds", "-1", "x"}, "--preserve-fds"},
           {{"create", "--preserve-fds=3x", "x"}, "--preserve-fds"},
           {{"create", "--preserve-fds=", "x"}, "--preserve-fds"},
           {{"delete", "--force=perhaps", "x"}, "--force"},
           {{"list", "--format", "text"}, "--format"},
           {{"plan", "--format", "table"}, "--format"},
           {{"validate", "-b", "/b", "x.json"}, "--bundle"},
           {{"features", "x"}, "'x'"},
           {{"start", "--=1", "x"}, "--"},
           {{"start", "-b", "/b", "x"}, "-b"},
           {{"delete", "-f/x", "x"}, "-f"},
           {{"--log-format", "none", "list"}, "--log-format"},
           {{"--log-level", "loud", "list"}, "--log-level"},
           {{"--rootless", "maybe", "list"}, "--rootless"},
           {{"--cgroup-manager", "none", "list"}, "--cgroup-manager"},
       }) {
    const Refusal refused = refusal(words);
    CAPTURE(words, refused.origin, refused.message);
    CHECK(refused.kind == ErrorKind::Config);
    CHECK((refused.origin + ": " + refused.message).find(what) != std::string::npos);
    CHECK(refused.call.text.empty());
  }
}

TEST_CASE("docker top, containerd: what follows the id is for ps, flags too") {
  const Parsed json = parsed({"ps", "--format", "json", "x"});
  CHECK(json.value_of("format") == "json");
  CHECK(json.words_of("OPTION").empty());
  const Parsed table = parsed({"ps", "--format", "table", "x", "-e", "--format", "pid,comm", "--"});
  CHECK(table.id == "x");
  CHECK(table.value_of("format") == "table");
  CHECK(table.words_of("OPTION") == Words{"-e", "--format", "pid,comm", "--"});
  CHECK(refusal({"ps", "--format", "text", "x"}).origin == "--format");
  CHECK(refusal({"ps"}).message == "ID is required");
}

TEST_CASE("a mistake is reported in the log, wherever --log stands in the command line") {
  for (const Words& words : std::vector<Words>{
           {"--log", "/l", "--log-format=json", "start"},
           {"--nothing", "--log", "/l", "--log-format=json", "start", "x"},
           {"--log-format=json", "--log", "/l", "--systemd-cgroup", "--cgroup-manager=disabled",
            "create", "x"},
           {"--log-format=json", "--log", "/l", "launch"},
       }) {
    const Refusal refused = refusal(words);
    CAPTURE(words, refused.message);
    CHECK_FALSE(refused.message.empty());
    CHECK(refused.call.log.file == "/l");
    CHECK(refused.call.log.json);
  }
}

TEST_CASE("berth --version: three lines, one of them with that word") {
  const std::string text = parsed({"--version"}).text;
  CHECK(text.rfind("berth version ", 0) == 0);
  CHECK(text.find("version", text.find("version") + 1) == std::string::npos);
  CHECK(text.find("\ncommit: ") != std::string::npos);
  CHECK(text.find("\nspec: 1.") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK(parsed({"-v"}).text == text);
}

TEST_CASE("berth --help lists every verb and global flag") {
  const std::string text = parsed({"--help"}).text;
  for (const char* const word : {"create ",
                                 "start ",
                                 "state ",
                                 "kill ",
                                 "delete ",
                                 "run ",
                                 "list ",
                                 "spec ",
                                 "plan ",
                                 "validate ",
                                 "features ",
                                 "--help ",
                                 "--version ",
                                 "--root DIR ",
                                 "--log FILE ",
                                 "--log-format FORMAT ",
                                 "--log-level LEVEL ",
                                 "--debug ",
                                 "--trace FILE ",
                                 "--cgroup-manager NAME ",
                                 "--systemd-cgroup ",
                                 "--rootless WHEN ",
                                 "Exit code"}) {
    CAPTURE(word, text);
    CHECK(text.find(word) != std::string::npos);
  }
  CHECK(parsed({"-h", "start"}).text == text);
}

TEST_CASE("berth VERB --help lists its flags, a line each, whatever else is missing") {
  for (const auto& [verb, flags] : std::vector<std::pair<std::string, Words>>{
           {"create",
            {"ID", "-b,--bundle DIR", "--console-socket SOCKET", "--pid-file FILE", "--no-pivot",
             "--no-new-keyring", "--preserve-fds N", "--detach", "--pidfd-socket SOCKET"}},
           {"start", {"ID"}},
           {"state", {"ID"}},
           {"kill", {"-a,--all", "ID", "SIGNAL"}},
           {"delete", {"-f,--force", "ID"}},
           {"run", {"-b,--bundle DIR", "-d,--detach", "--keep", "--no-subreaper"}},
           {"list", {"-f,--format FORMAT", "-q,--quiet"}},
           {"spec", {"-b,--bundle DIR", "--rootless", "--schema"}},
           {"plan", {"-b,--bundle DIR", "--format FORMAT", "ID"}},
           {"validate", {"-b,--bundle DIR", "--json", "--schema FILE", "--strict", "PATH"}},
           {"features", {"-h,--help"}},
       }) {
    const std::string text = parsed({verb, "--help"}).text;
    for (const std::string& flag : flags) {
      CAPTURE(flag, text);
      CHECK(text.find("\n  " + flag + " ") != std::string::npos);
    }
  }
  CHECK(parsed({"run", "-h"}).text.find("128 + N") != std::string::npos);
}

}  // namespace
}  // namespace berth::cli
