#include <catch2/catch.hpp>

#include "runtime/cli/parse.h"
#include "spec/error.h"

namespace berth::cli {
namespace {

using Words = std::vector<std::string>;

Call parsed(const Words& words) {
  Call call;
  parse(words, call);
  return call;
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
  const Call call = parsed({"--root", "/run/r", "--log", "/b/log.json", "--log-format", "json",
                            "create", "--bundle", "/b", "--pid-file", "/b/init.pid",
                            "--console-socket", "/tmp/pty.sock", "--no-pivot", "web1"});
  CHECK(call.verb == Verb::Create);
  CHECK(call.site.root == "/run/r");
  CHECK(call.log.file == "/b/log.json");
  CHECK(call.log.json);
  CHECK(call.run.create.bundle == "/b");
  CHECK(call.run.create.pid_file == "/b/init.pid");
  CHECK(call.run.create.console_socket == "/tmp/pty.sock");
  CHECK(call.run.create.no_pivot);
  CHECK_FALSE(call.run.create.no_new_keyring);
  CHECK(call.id() == "web1");
}

TEST_CASE("conmon: values after an equals sign, descriptors passed on") {
  const Call call = parsed({"--log-format=json", "--log=/l", "--root=/a=b", "create", "--bundle=/b",
                            "--pid-file=/p", "--no-new-keyring", "--preserve-fds=3", "web1"});
  CHECK(call.site.root == "/a=b");
  CHECK(call.log.file == "/l");
  CHECK(call.run.create.no_new_keyring);
  CHECK(call.run.create.preserved_fds == 3);
}

TEST_CASE("buildkit: run, in the foreground, kept") {
  const Call call = parsed({"run", "--bundle", "/b", "--keep", "web1"});
  CHECK(call.verb == Verb::Run);
  CHECK(call.run.keep);
  CHECK_FALSE(call.run.detach);
}

TEST_CASE("verbs on a container") {
  CHECK(parsed({"start", "web1"}).verb == Verb::Start);
  CHECK(parsed({"state", "web1"}).verb == Verb::State);
  CHECK(parsed({"delete", "web1"}).verb == Verb::Delete);
  CHECK_FALSE(parsed({"delete", "web1"}).force);
  CHECK(parsed({"delete", "--force", "web1"}).force);
  CHECK(parsed({"delete", "web1", "-f"}).force);
}

TEST_CASE("kill: TERM unless something else is said (RT-KILL-3)") {
  CHECK(parsed({"kill", "web1"}).signal == "TERM");
  CHECK(parsed({"kill", "web1", "9"}).signal == "9");
  const Call all = parsed({"kill", "-a", "web1", "KILL"});
  CHECK(all.all);
  CHECK(all.id() == "web1");
  CHECK(all.signal == "KILL");
  CHECK(parsed({"kill", "--all", "web1", "15"}).all);
  CHECK(parsed({"kill", "web1", "-9"}).signal == "-9");  // for parse_signal to refuse
}

TEST_CASE("list, spec, plan") {
  CHECK_FALSE(parsed({"list"}).json);
  CHECK(parsed({"list", "--format=json"}).json);
  CHECK(parsed({"list", "-f", "json", "-q"}).quiet);
  CHECK(parsed({"spec", "-b", "/b"}).run.create.bundle == "/b");
  CHECK_FALSE(parsed({"spec"}).rootless);
  CHECK(parsed({"spec", "--rootless"}).rootless);
  CHECK(parsed({"plan", "--format", "json", "-b=/b"}).json);
  CHECK(parsed({"plan", "-b=/b"}).run.create.bundle == "/b");
  CHECK(parsed({"plan", "-b/b"}).run.create.bundle == "/b");
  CHECK(parsed({"plan"}).id() == "plan");
  CHECK(parsed({"plan", "web1"}).id() == "web1");
}

TEST_CASE("validate, features") {
  CHECK(parsed({"validate"}).verb == Verb::Validate);
  CHECK(parsed({"validate", "-b", "/b"}).run.create.bundle == "/b");
  CHECK(parsed({"validate", "x.json"}).path == "x.json");
  CHECK(parsed({"validate", "--json", "x.json", "--strict"}).json);
  CHECK(parsed({"validate", "--strict"}).strict);
  CHECK_FALSE(parsed({"validate"}).strict);
  CHECK(parsed({"spec", "--schema"}).prints_schema);
  CHECK(parsed({"validate", "--schema", "policy.json"}).schema == "policy.json");
  CHECK(parsed({"features"}).verb == Verb::Features);
}

TEST_CASE("of a repeated flag the last one counts") {
  const Call call = parsed({"--root", "/a", "--debug", "--root=/b", "--debug", "create", "--bundle",
                            "/c", "--bundle", "/d", "--no-pivot", "--no-pivot", "web1"});
  CHECK(call.site.root == "/b");
  CHECK(call.run.create.bundle == "/d");
  CHECK(call.run.create.no_pivot);
}

TEST_CASE("one dash is as good as two") {
  const Call call = parsed({"-root", "/a", "-log-format=json", "run", "-no-subreaper", "-detach",
                            "-bundle", "/b", "web1"});
  CHECK(call.site.root == "/a");
  CHECK(call.log.json);
  CHECK(call.run.no_subreaper);
  CHECK(call.run.detach);
  CHECK(call.run.create.bundle == "/b");
}

TEST_CASE("values are taken as they are") {
  CHECK(parsed({"create", "--pid-file", "-no-pivot", "web1"}).run.create.pid_file == "-no-pivot");
  CHECK(parsed({"create", "-b", "[a,b]", "web1"}).run.create.bundle == "[a,b]");
  CHECK(parsed({"start", "--", "-d"}).id() == "-d");
  CHECK(parsed({"start", "a=b"}).id() == "a=b");
  CHECK(parsed({"start", "start"}).id() == "start");
}

TEST_CASE("flags can be given a truth value") {
  CHECK_FALSE(parsed({"delete", "--force=false", "web1"}).force);
  CHECK(parsed({"delete", "--force=true", "web1"}).force);
}

TEST_CASE("what other runtimes have and what means nothing here") {
  CHECK(parsed({"--rootless=auto", "run", "x"}).run.create.rootless == std::nullopt);
  CHECK(parsed({"--rootless", "false", "run", "x"}).run.create.rootless == false);
  CHECK(parsed({"--rootless=true", "run", "x"}).run.create.rootless == true);
  CHECK(parsed({"--cgroup-manager", "cgroupfs", "list"}).verb == Verb::List);
  CHECK(parsed({"--systemd-cgroup=false", "list"}).verb == Verb::List);
  CHECK(parsed({"create", "--detach", "web1"}).verb == Verb::Create);
}

TEST_CASE("how much is told") {
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
    CHECK(refused.call.id() == "x");
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

TEST_CASE("a mistake is told where the log was asked for, wherever it stands") {
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

TEST_CASE("--help of berth tells every verb and global flag") {
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

TEST_CASE("--help of a verb tells its flags, a line each, whatever else is missing") {
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
