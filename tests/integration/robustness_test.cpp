// Callers that err, interrupt, or inherit us oddities; and images that pretend.
#include <sys/prctl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/proc.h"

namespace berth::test {
namespace {

std::string hook(const std::string& script) {
  return R"([{"path": "/bin/sh", "args": ["sh", "-c", )" + json::quote(script) + "]}]";
}

TEST_CASE_METHOD(Machine, "a program that is called berth-init is running all the same (RT-ST-3)",
                 "[robustness][berth]") {
  Bundle bundle = new_bundle();
  bundle.args({"/bin/berth-init/sh", "-c",
               "printf berth-init > /proc/$$/comm; echo up; while :; do sleep 1; done"});
  std::filesystem::create_directory(bundle.in_image("/bin/berth-init"));
  std::filesystem::copy_file(bundle.in_image("/bin/busybox"),
                             bundle.in_image("/bin/berth-init/sh"));
  Container box(*this, bundle);
  box.create();
  CHECK(box.status() == "created");
  box.start();
  box.wait_for_output("up\n");
  CHECK(box.status() == "running");
  CHECK_THAT(box.call("delete"), Fails({"running"}));
}

TEST_CASE_METHOD(Machine, "run is interrupted while a hook hangs, and leaves nothing",
                 "[robustness][berth]") {
  for (const char* kind : {"createRuntime", "startContainer", "poststart"}) {
    CAPTURE(kind);
    const std::string mark = new_directory(std::string("marks-") + kind) + "/hangs";
    Bundle bundle = new_bundle().script("exec sleep 1000");
    bundle.add_mount("bind", place(), place(), {"bind"});
    bundle.set("/hooks", "{}");
    bundle.set(std::string("/hooks/") + kind, hook("echo > " + mark + "; exec sleep 1000"));
    Child child(runtime().command({"run", "-b", bundle.directory(), runtime().new_id()}));
    REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
    child.signal(SIGTERM);
    CHECK_THAT(child.wait(), Fails({"interrupted by signal 15"}));
    CHECK(call({"list", "-q"}).out.empty());
  }
}

TEST_CASE_METHOD(Machine,
                 "poststop hooks undo what hooks of a failed create began (RT-LC-4 RT-LC-10)",
                 "[robustness][berth]") {
  const std::string log = place() + "/log";
  Bundle bundle = new_bundle();
  bundle.set("/hooks", "{}");
  bundle.set("/hooks/createRuntime", hook("exit 3"));
  bundle.set("/hooks/poststop", hook("echo undone > " + log));
  CHECK_THAT(run(bundle), Fails({"/hooks/createRuntime/0", "status 3"}));
  CHECK(read_file_if_exists(log).value_or("") == "undone\n");
}

TEST_CASE_METHOD(Machine, "delete by force does not wait for a poststart hook that hangs (SR-37)",
                 "[robustness][berth]") {
  const std::string mark = place() + "/hangs";
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/hooks", "{}");
  bundle.set("/hooks/poststart", hook("echo > " + mark + "; exec sleep 1000"));
  Container box(*this, bundle);
  box.create();
  Child start(runtime().command({"start", box.id()}));
  REQUIRE(eventually([&] { return read_file_if_exists(mark).has_value(); }));
  CHECK_THAT(call({"delete", "--force", box.id()}), Succeeds());
  CHECK(start.wait().status != 0);
}

TEST_CASE_METHOD(Machine, "a caller that ignores SIGCHLD changes nothing", "[robustness][berth]") {
  Bundle bundle = new_bundle().args({"sh", "-c", "exit 5"});
  bundle.set("/hooks", "{}");
  bundle.set("/hooks/createRuntime", hook("true"));
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [] { (void)std::signal(SIGCHLD, SIG_IGN); };
  Child child(command);
  CHECK(child.wait().status == 5);
}

TEST_CASE_METHOD(Machine, "run without a process leaves no container (RT-START-4)",
                 "[robustness][berth]") {
  Bundle bundle = new_bundle();
  bundle.erase("/process");
  CHECK_THAT(run(bundle), Fails({"/process"}));
  CHECK(call({"list", "-q"}).out.empty());
}

TEST_CASE_METHOD(Machine,
                 "a trace that cannot be written is reported, and changes nothing (RT-WARN-1)",
                 "[robustness][berth]") {
  const Outcome outcome =
      call({"--trace", "/nonexistent/trace", "run", "-b",
            new_bundle().args({"sh", "-c", "exit 6"}).directory(), runtime().new_id()});
  CHECK(outcome.status == 6);
  CHECK(outcome.err.find("--trace: open '/nonexistent'") != std::string::npos);
}

TEST_CASE_METHOD(
    Machine,
    "a stranger's cgroup at the container's path survives a failed create (RT-DEL-4 SR-39)",
    "[robustness][berth]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/linux/cgroupsPath", json::quote("/" + runtime().new_id()));
  Container first(*this, bundle);
  first.create_and_start();
  Container second(*this, bundle);
  CHECK_THAT(second.try_create(), Fails({"has processes already"}));
  CHECK_THAT(call({"delete", "--force", second.id()}), Succeeds());
  CHECK(first.status() == "running");
}

TEST_CASE_METHOD(Machine, "HOME comes from the image's passwd, unless it is given",
                 "[robustness][berth]") {
  Bundle bundle = new_bundle();
  std::filesystem::create_directories(bundle.in_image("/etc"));
  write_file(bundle.in_image("/etc/passwd"), "root:x:0:0::/root-home:/bin/sh\n");
  CHECK_THAT(run(bundle, "echo $HOME"), Prints("/root-home\n"));
  bundle.set("/process/env/-", "\"HOME=/given\"");
  CHECK_THAT(run(bundle, "echo $HOME"), Prints("/given\n"));
}

TEST_CASE_METHOD(Machine, "a user opens the pipes of /dev/stdout and /dev/stderr anew",
                 "[robustness][berth]") {
  Bundle bundle = new_bundle();
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  const Outcome outcome = run(bundle, "echo out > /dev/stdout; echo err > /dev/stderr");
  CHECK(outcome.out == "out\n");
  CHECK(outcome.err == "err\n");
}

TEST_CASE_METHOD(Machine, "a terminal receives the end of a foreground run's input",
                 "[robustness][berth]") {
  Bundle bundle = new_bundle().args({"cat"});
  bundle.set("/process/terminal", "true");
  Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
  command.prepare = [] {
    int ends[2];
    if (pipe(ends) != 0 || write(ends[1], "words\n", 6) != 6) _exit(126);
    dup2(ends[0], 0);
    close(ends[1]);
  };
  Child child(command);
  const Outcome outcome = child.wait();
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("words") != std::string::npos);
}

}  // namespace
}  // namespace berth::test
