// Hooks: when, where, with what, and what comes of a failure.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

const char* const kKinds[] = {"prestart",       "createRuntime", "createContainer",
                              "startContainer", "poststart",     "poststop"};

/// A place where hooks of all kinds can write: at the same path on the host and inside.
class Diary {
 public:
  Diary(Machine& machine, Bundle& bundle)
      : directory(machine.new_directory("diary")), bundle_(bundle) {
    // Hooks of user namespaces write, too.
    REQUIRE(chmod(directory.c_str(), 0777) == 0);
    bundle.add_mount("bind", directory, directory, {"bind"});
  }

  /// A hook that runs the script with sh, in the host or in the container.
  void add(const std::string& kind, const std::string& script, const std::string& more = {}) {
    bundle_.set("/hooks/" + kind + "/-", R"({"path": "/bin/sh", "args": ["sh", "-c", )" +
                                             json::quote("cd " + directory + "; " + script) + "]" +
                                             more + "}");
  }
  std::string text(const std::string& name = "log") const {
    return read_file_if_exists(directory + "/" + name).value_or("");
  }

  const std::string directory;

 private:
  Bundle& bundle_;
};

/// Empty lists of every kind, so that `-` appends.
Bundle with_hooks(Machine& machine) {
  Bundle bundle = machine.new_bundle();
  bundle.set("/hooks", "{}");
  for (const char* kind : kKinds) bundle.set(std::string("/hooks/") + kind, "[]");
  return bundle;
}

TEST_CASE_METHOD(Machine,
                 "hooks run in their order, at the verb they belong to (HK-ORDER-1 "
                 "HK-PRE-1 HK-CR-1 HK-CC-1 HK-SC-1 HK-PS-1 HK-POST-1)",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  bundle.script("echo program >> " + diary.directory + "/log; exec sleep 1000");
  for (const char* kind : kKinds) {
    diary.add(kind, std::string("echo ") + kind + " 1 >> log");
    diary.add(kind, std::string("echo ") + kind + " 2 >> log");
  }
  Container box(*this, bundle);
  box.create();
  const std::string created =
      "prestart 1\nprestart 2\ncreateRuntime 1\ncreateRuntime 2\ncreateContainer 1\n"
      "createContainer 2\n";
  CHECK(diary.text() == created);
  box.start();
  // The program and poststart run side by side.
  REQUIRE(eventually([&] { return contains(diary.text(), "program\n"); }));
  const std::string started = diary.text();
  CHECK(contains(started, created + "startContainer 1\nstartContainer 2\n"));
  CHECK(contains(started, "poststart 1\n"));
  CHECK(contains(started, "poststart 2\n"));
  CHECK_FALSE(contains(started, "poststop"));
  box.stop();
  box.remove();
  CHECK(diary.text() == started + "poststop 1\npoststop 2\n");
}

struct Expected {
  const char* kind;
  const char* status;
};

// runc calls it created in poststart.
TEST_CASE_METHOD(Machine, "hooks get the state on stdin (HK-STDIN-1 RT-ST-3)", "[hooks][berth]") {
  Bundle bundle = with_hooks(*this).set("/annotations", R"({"org.example.key": "value"})");
  Diary diary(*this, bundle);
  bundle.script("exec sleep 1000");
  for (const char* kind : kKinds) diary.add(kind, std::string("cat > ") + kind);
  Container box(*this, bundle);
  box.create_and_start();
  const std::string pid = std::to_string(box.pid());
  box.stop();
  box.remove();
  for (const Expected& expected :
       {Expected{"prestart", "creating"}, Expected{"createRuntime", "creating"},
        Expected{"createContainer", "creating"}, Expected{"startContainer", "created"},
        Expected{"poststart", "running"}, Expected{"poststop", "stopped"}}) {
    INFO(expected.kind);
    const std::string state = diary.text(expected.kind);
    CHECK(json::get(state, "/status") == expected.status);
    CHECK(json::get(state, "/id") == box.id());
    CHECK(json::get(state, "/bundle") == bundle.directory());
    CHECK(json::get(state, "/annotations/org.example.key") == "value");
    CHECK(json::find(state, "/ociVersion"));
  }
  for (const char* kind : {"prestart", "createRuntime", "poststart"}) {
    CHECK(json::get(diary.text(kind), "/pid") == pid);
  }
}

// runc gives the host's pid to all.
TEST_CASE_METHOD(Machine, "hooks in the container see its own pid (RT-ST-5)", "[hooks][berth]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  for (const char* kind : {"createContainer", "startContainer"}) {
    diary.add(kind, std::string("cat > ") + kind);
  }
  CHECK_THAT(run(bundle), Succeeds());
  for (const char* kind : {"createContainer", "startContainer"}) {
    INFO(kind);
    CHECK(json::get(diary.text(kind), "/pid") == "1");
  }
}

TEST_CASE_METHOD(Machine,
                 "hooks run in the namespaces of their kind (HK-PRE-1 HK-CR-1 HK-CC-1 "
                 "HK-SC-1 HK-PS-1 HK-POST-1)",
                 "[hooks]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  bundle.script("exec sleep 1000");
  for (const char* kind : kKinds) {
    diary.add(kind, std::string("readlink /proc/self/ns/mnt > ") + kind);
  }
  Container box(*this, bundle);
  box.create_and_start();
  const std::string inside = namespace_of(box.pid(), "mnt") + "\n";
  const std::string host = namespace_of(0, "mnt") + "\n";
  box.stop();
  box.remove();
  for (const char* kind : {"prestart", "createRuntime", "poststart", "poststop"}) {
    INFO(kind);
    CHECK(diary.text(kind) == host);
  }
  for (const char* kind : {"createContainer", "startContainer"}) {
    INFO(kind);
    CHECK(diary.text(kind) == inside);
  }
}

TEST_CASE_METHOD(Machine,
                 "createContainer sees the host's files, startContainer the image's "
                 "(HK-CC-1 HK-SC-1)",
                 "[hooks]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  write_file(bundle.in_image("/of-the-image"), "");
  for (const char* kind : {"createContainer", "startContainer"}) {
    diary.add(kind, std::string("test -e /of-the-image; echo $? > ") + kind);
  }
  CHECK_THAT(run(bundle), Succeeds());
  CHECK(diary.text("createContainer") == "1\n");
  CHECK(diary.text("startContainer") == "0\n");
}

TEST_CASE_METHOD(Machine, "a createContainer hook begins in the container's root",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this);
  bundle.set("/hooks/createContainer/-",
             R"({"path": "/bin/sh", "args": ["sh", "-c", "echo here > of-the-hook"]})");
  CHECK_THAT(run(bundle), Succeeds());
  CHECK(read_file(bundle.in_image("/of-the-hook")) == "here\n");
}

TEST_CASE_METHOD(Machine, "args and env reach a hook as they are (HK-ARGS-1 HK-ENV-1)", "[hooks]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  for (const char* kind : {"createRuntime", "startContainer", "poststop"}) {
    bundle.set(
        std::string("/hooks/") + kind + "/-",
        R"({"path": "/bin/sh", "args": ["sh", "-c", "echo \"$0|$1|$A|$B\" > $FILE", "zero", "a b"],
                   "env": ["A=1", "B=x y", "FILE=)" +
            diary.directory + "/" + kind + "\"]}");
  }
  CHECK_THAT(run(bundle), Succeeds());
  for (const char* kind : {"createRuntime", "startContainer", "poststop"}) {
    INFO(kind);
    CHECK(diary.text(kind) == "zero|a b|1|x y\n");
  }
}

// runc passes its whole environment on.
TEST_CASE_METHOD(Machine, "a hook without env gets PATH and nothing else of ours (HK-ENV-1 SR-28)",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  for (const char* kind : kKinds) {
    diary.add(kind, std::string("env > ") + kind);
  }
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [] { setenv("SECRET", "of the caller", 1); };
  CHECK_THAT(run_command(command), Succeeds());
  for (const char* kind : kKinds) {
    INFO(kind);
    const std::vector<std::string> own_of_sh = {"PWD", "OLDPWD", "SHLVL", "_"};
    std::vector<std::string> given;
    for (const std::string& line : lines_of(diary.text(kind))) {
      const std::string name = line.substr(0, line.find('='));
      if (std::find(own_of_sh.begin(), own_of_sh.end(), name) == own_of_sh.end()) {
        given.push_back(name);
      }
    }
    CHECK(given == std::vector<std::string>{"PATH"});
  }
}

TEST_CASE_METHOD(Machine, "a hook that does not read its stdin is not an error (SR-28)",
                 "[hooks]") {
  Bundle bundle = with_hooks(*this);
  for (int i = 0; i < 500; ++i) {
    bundle.set("/annotations/org.example." + std::to_string(i), json::quote(std::string(300, 'x')));
  }
  bundle.set("/hooks/createRuntime/-", R"({"path": "/bin/true"})");
  CHECK_THAT(run(bundle), Succeeds());
}

// ---- failures -------------------------------------------------------------------------------

TEST_CASE_METHOD(Machine,
                 "a failing hook of create makes create fail, and nothing is left "
                 "(RT-LC-3 RT-LC-4 RT-LC-5)",
                 "[hooks]") {
  for (const char* kind : {"prestart", "createRuntime", "createContainer"}) {
    INFO(kind);
    Bundle bundle = with_hooks(*this);
    bundle.set(std::string("/hooks/") + kind + "/-", R"({"path": "/bin/true"})");
    bundle.set(std::string("/hooks/") + kind + "/-",
               R"({"path": "/bin/sh", "args": ["sh", "-c", "echo because >&2; exit 3"]})");
    Container box(*this, bundle);
    CHECK_THAT(box.try_create(), Fails({"hook"}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine, "the error names the hook and quotes its last words", "[hooks][berth]") {
  for (const char* kind : {"prestart", "createRuntime", "createContainer"}) {
    Bundle bundle = with_hooks(*this);
    bundle.set(std::string("/hooks/") + kind + "/-", R"({"path": "/bin/true"})");
    bundle.set(std::string("/hooks/") + kind + "/-",
               R"({"path": "/bin/sh", "args": ["sh", "-c", "echo because >&2; exit 3"]})");
    CHECK_THAT(run(bundle), Fails({std::string("/hooks/") + kind + "/1", "because", "3"}));
  }
}

// runc 1.1 does not tell start of it.
TEST_CASE_METHOD(Machine,
                 "a failing startContainer hook makes start fail, the program does not run "
                 "(RT-LC-6)",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this).script("echo program");
  bundle.set("/hooks/startContainer/-", R"({"path": "/bin/false"})");
  Container box(*this, bundle);
  box.create();
  CHECK_THAT(box.call("start"), Fails({"/hooks/startContainer/0"}));
  box.wait_until_stopped();
  CHECK_FALSE(contains(box.output(), "program"));
}

TEST_CASE_METHOD(Machine,
                 "a failing poststart hook makes start fail and ends the container "
                 "(RT-LC-8)",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this).script("exec sleep 1000");
  bundle.set("/hooks/poststart/-", R"({"path": "/bin/false"})");
  Container box(*this, bundle);
  box.create();
  CHECK_THAT(box.call("start"), Fails({"/hooks/poststart/0"}));
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Machine,
                 "a failing poststop hook is a warning, the next one still runs (RT-LC-10)",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this);
  Diary diary(*this, bundle);
  diary.add("poststop", "exit 3");
  diary.add("poststop", "echo second >> log");
  Container box(*this, bundle);
  box.create();
  CHECK_THAT(box.call("delete"), Warns({"/hooks/poststop/0", "3"}));
  CHECK(diary.text() == "second\n");
}

TEST_CASE_METHOD(Machine, "a hook that takes too long is ended (HK-TMO-1 SR-28)", "[hooks]") {
  Bundle bundle = with_hooks(*this);
  bundle.set("/hooks/createRuntime/-",
             R"({"path": "/bin/sleep", "timeout": 1, "args": ["sleep", "1000"]})");
  Container box(*this, bundle);
  CHECK_THAT(box.try_create(), Fails());
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine,
                 "a filter that is loaded before the hooks takes no timeout away (HK-TMO-1)",
                 "[hooks][seccomp][berth]") {
  Bundle bundle = with_hooks(*this);
  // A hook that may trace init must not find it with the privilege for loading a filter.
  bundle.set("/process/noNewPrivileges", "false").capabilities({"CAP_SYS_PTRACE"});
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["clock_gettime"], "action": "SCMP_ACT_ERRNO"}]})");
  bundle.set("/hooks/startContainer/-",
             R"({"path": "/bin/sleep", "timeout": 1, "args": ["sleep", "1000"]})");
  CHECK_THAT(run(bundle), Fails({"/hooks/startContainer/0"}));
}

// runc 1.1 waits for the children.
TEST_CASE_METHOD(Machine, "the end of a hook is the end of its whole group (HK-TMO-1)",
                 "[hooks][berth]") {
  for (const char* kind : {"createRuntime", "createContainer", "startContainer"}) {
    INFO(kind);
    Bundle bundle = with_hooks(*this);
    bundle.set(std::string("/hooks/") + kind + "/-",
               R"({"path": "/bin/sh", "timeout": 1,
                   "args": ["sh", "-c", "sleep 1000 & sleep 1000 & wait"]})");
    CHECK_THAT(run(bundle), Fails({std::string("/hooks/") + kind + "/0"}));
  }
}

TEST_CASE_METHOD(Machine,
                 "a hook's path is absolute and its timeout more than nothing (HK-PATH-1 "
                 "HK-TMO-1)",
                 "[hooks][berth]") {
  Bundle bundle = with_hooks(*this);
  bundle.set("/hooks/prestart/-", R"({"path": "bin/true"})");
  bundle.set("/hooks/poststop/-", R"({"path": "/bin/true", "timeout": 0})");
  CHECK_THAT(run(bundle), Fails({"/hooks/prestart/0/path", "/hooks/poststop/0/timeout"}));
}

}  // namespace
}  // namespace berth::test
