// The command lines of those who call berth, as they write them.
#include <catch2/catch.hpp>

#include "parsed_call.h"
#include "runtime/container/verbs/delete.h"
#include "runtime/container/verbs/kill.h"
#include "runtime/container/verbs/run.h"
#include "runtime/container/verbs/spec.h"
#include "runtime/exec/exec.h"
namespace berth::cli {
namespace {

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

TEST_CASE("go-runc and conmon: exec of a process that a file describes") {
  const Parsed call = parsed({"--root", "/r", "exec", "--process", "/tmp/p", "--console-socket",
                              "/tmp/s", "--detach", "--pid-file", "/b/x.pid", "--pidfd-socket=/q",
                              "--preserve-fds", "2", "web1"});
  const auto& exec = call.as<exec::ExecOptions>();
  CHECK(call.name() == "exec");
  CHECK(call.id == "web1");
  CHECK(exec.process.file == "/tmp/p");
  CHECK(exec.console_socket == "/tmp/s");
  CHECK(exec.detach);
  CHECK(exec.pid_file == "/b/x.pid");
  CHECK(exec.pidfd_socket == "/q");
  CHECK(exec.preserved_fds == 2);
}

TEST_CASE("exec of a command: what comes after the id is the command's, repeated flags add up") {
  const Parsed call =
      parsed({"exec", "-e",    "A=1",      "--env=B=2", "-t", "-u",   "5:6", "-g", "7",  "-g",
              "8",    "--cap", "CAP_KILL", "--cwd",     "/w", "web1", "ls",  "-l", "--", "--user"});
  const auto& process = call.as<exec::ExecOptions>().process;
  CHECK(call.id == "web1");
  CHECK(process.args == Words{"ls", "-l", "--", "--user"});
  CHECK(process.env == Words{"A=1", "B=2"});
  CHECK(process.additional_gids == Words{"7", "8"});
  CHECK(process.capabilities == Words{"CAP_KILL"});
  CHECK(process.user == "5:6");
  CHECK(process.cwd == "/w");
  CHECK(process.terminal);
  CHECK(parsed({"exec", "web1", "--", "-x"}).as<exec::ExecOptions>().process.args == Words{"-x"});
}

TEST_CASE("exec refuses a flag about the process beside a file that describes it") {
  for (const Words& more : std::vector<Words>{{"--cwd", "/"},
                                              {"--env", "A=1"},
                                              {"--user", "1"},
                                              {"--additional-gids", "1"},
                                              {"--cap", "CAP_KILL"},
                                              {"--apparmor", "p"},
                                              {"--process-label", "l"},
                                              {"--no-new-privs"}}) {
    Words words = {"exec", "--process", "/p"};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back("web1");
    const Refusal refused = refusal(words);
    CHECK(refused.origin == more[0]);
    CHECK(refused.kind == ErrorKind::Config);
  }
  CHECK(refusal({"exec", "--process", "/p", "web1", "ls"}).origin == "CMD");
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

}  // namespace
}  // namespace berth::cli
