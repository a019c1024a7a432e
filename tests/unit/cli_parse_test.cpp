#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/cli/parse.h"
#include "runtime/cli/verbs.h"
#include "runtime/container/create.h"
#include "runtime/container/delete.h"
#include "runtime/container/kill.h"
#include "runtime/container/run.h"
#include "runtime/container/spec.h"
#include "spec/error.h"

namespace berth::cli {
namespace {

using Words = std::vector<std::string>;

struct Parsed : Call {
  std::unique_ptr<Options> options;

  std::string_view name() const { return verb == nullptr ? "" : verb->name; }
  /// What the verb is handed to.
  template <class Type>
  const Type& as() const {
    return dynamic_cast<const Type&>(*options);
  }
  const container::CreateOptions& creation() const { return as<container::CreateOptions>(); }
  const plan::Request& request() const { return as<plan::Request>(); }
  // The target of a flag that no other room knows.
  bool truth_of(std::string_view flag) const { return std::get<0>(row(flag).target)(*options); }
  std::string value_of(std::string_view flag) const {
    return std::get<1>(row(flag).target)(*options);
  }

 private:
  const Flag& row(std::string_view flag) const {
    const auto found = std::find_if(verb->flags.begin(), verb->flags.end(),
                                    [=](const Flag& each) { return each.name() == flag; });
    REQUIRE(found != verb->flags.end());
    return *found;
  }
};

Parsed parsed(const Words& words) {
  Parsed parsed;
  parsed.options = parse(words, parsed);
  return parsed;
}

struct Refusal {
  ErrorKind kind = ErrorKind::Bug;
  std::string origin, message;
  Call call;
};

Refusal refusal(const Words& words) {
  Refusal refusal;
  try {
    parse(words, refusal.call);
  } catch (const Error& error) {
    refusal.kind = error.kind();
    refusal.origin = error.origin();
    refusal.message = error.message();
  }
  return refusal;
}

TEST_CASE("containerd's shim: create") {
  const Parsed call = parsed({"--root", "/run/r", "--log", "/b/log.json", "--log-format", "json",
                              "create", "--bundle", "/b", "--pid-file", "/b/init.pid",
                              "--console-socket", "/tmp/pty.sock", "--no-pivot", "web1"});
  CHECK(call.name() == "create");
  CHECK(call.context.root == "/run/r");
  CHECK(call.log.file == "/b/log.json");
  CHECK(call.log.json);
  CHECK(call.creation().bundle == "/b");
  CHECK(call.creation().pid_file == "/b/init.pid");
  CHECK(call.creation().console_socket == "/tmp/pty.sock");
  CHECK(call.creation().no_pivot);
  CHECK_FALSE(call.creation().no_new_keyring);
  CHECK(call.id == "web1");
}

TEST_CASE("conmon: values after an equals sign, descriptors passed on") {
  const Parsed call =
      parsed({"--log-format=json", "--log=/l", "--root=/a=b", "create", "--bundle=/b",
              "--pid-file=/p", "--no-new-keyring", "--preserve-fds=3", "web1"});
  CHECK(call.context.root == "/a=b");
  CHECK(call.log.file == "/l");
  CHECK(call.creation().no_new_keyring);
  CHECK(call.creation().preserved_fds == 3);
}

TEST_CASE("buildkit: run, in the foreground, kept") {
  const Parsed call = parsed({"run", "--bundle", "/b", "--keep", "web1"});
  CHECK(call.name() == "run");
  CHECK(call.as<container::RunOptions>().keep);
  CHECK_FALSE(call.as<container::RunOptions>().detach);
}

TEST_CASE("verbs on a container") {
  CHECK(parsed({"start", "web1"}).name() == "start");
  CHECK(parsed({"state", "web1"}).name() == "state");
  CHECK(parsed({"delete", "web1"}).name() == "delete");
  CHECK_FALSE(parsed({"delete", "web1"}).as<container::DeleteOptions>().force);
  CHECK(parsed({"delete", "--force", "web1"}).as<container::DeleteOptions>().force);
  CHECK(parsed({"delete", "web1", "-f"}).as<container::DeleteOptions>().force);
}

TEST_CASE("kill: TERM unless something else is said (RT-KILL-3)") {
  CHECK(parsed({"kill", "web1"}).as<container::KillOptions>().signal == "TERM");
  CHECK(parsed({"kill", "web1", "9"}).as<container::KillOptions>().signal == "9");
  const Parsed all = parsed({"kill", "-a", "web1", "KILL"});
  CHECK(all.as<container::KillOptions>().all);
  CHECK(all.id == "web1");
  CHECK(all.as<container::KillOptions>().signal == "KILL");
  CHECK(parsed({"kill", "--all", "web1", "15"}).as<container::KillOptions>().all);
  CHECK(parsed({"kill", "web1", "-9"}).as<container::KillOptions>().signal ==
        "-9");  // for parse_signal to refuse
}

TEST_CASE("list, spec, plan") {
  CHECK(parsed({"list"}).value_of("format") == "table");
  CHECK(parsed({"plan"}).value_of("format") == "text");
  CHECK(parsed({"list", "--format=json"}).value_of("format") == "json");
  CHECK(parsed({"list", "-f", "json", "-q"}).truth_of("quiet"));
  CHECK(parsed({"spec", "-b", "/b"}).as<container::SpecOptions>().bundle == "/b");
  CHECK_FALSE(parsed({"spec"}).as<container::SpecOptions>().rootless);
  CHECK(parsed({"spec", "--rootless"}).as<container::SpecOptions>().rootless);
  CHECK(parsed({"plan", "--format", "json", "-b=/b"}).value_of("format") == "json");
  CHECK(parsed({"plan", "-b=/b"}).request().bundle == "/b");
  CHECK(parsed({"plan", "-b/b"}).request().bundle == "/b");
  CHECK(parsed({"plan"}).id == "plan");
  CHECK(parsed({"plan", "web1"}).id == "web1");
}

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

TEST_CASE("flags that berth has not are refused by name") {
  for (const auto& [words, origin] : std::vector<std::pair<Words, std::string>>{
           {{"--systemd-cgroup", "start", "x"}, "--systemd-cgroup"},
           {{"--cgroup-manager", "systemd", "start", "x"}, "--cgroup-manager"},
           {{"--cgroup-manager", "disabled", "start", "x"}, "--cgroup-manager"},
           {{"create", "--pidfd-socket", "/s", "x"}, "--pidfd-socket"},
           {{"run", "--pidfd-socket", "/s", "x"}, "--pidfd-socket"},
       }) {
    const Refusal refused = refusal(words);
    CAPTURE(refused.message);
    CHECK(refused.origin == origin);
    CHECK(refused.kind == ErrorKind::Unsupported);
    CHECK(refused.call.id == "x");
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

TEST_CASE("a mistake is reported in the log, wherever --log stands in the command line") {
  for (const Words& words : std::vector<Words>{
           {"--log", "/l", "--log-format=json", "start"},
           {"--nothing", "--log", "/l", "--log-format=json", "start", "x"},
           {"--log-format=json", "--log", "/l", "--systemd-cgroup", "start", "x"},
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
