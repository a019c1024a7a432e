// Pipes, devices and files of others where berth reads or writes: nothing is waited for, and
// nothing is believed that is not ours.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "runtime/linux/files/file.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

class OddFiles : public Machine {
 protected:
  std::string pipe(const std::string& name) {
    std::string path = place() + "/" + name;
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    return path;
  }
};

TEST_CASE_METHOD(OddFiles, "config.json is a regular file (BN-1)", "[odd-files][berth]") {
  Bundle bundle = new_bundle();
  const std::string config = bundle.directory() + "/config.json";
  fs::remove(config);
  REQUIRE(::mkfifo(config.c_str(), 0600) == 0);
  for (const char* verb : {"create", "run", "plan"}) {
    CHECK_THAT(call({verb, "-b", bundle.directory(), runtime().new_id()}),
               Fails({config, "is a pipe, not a regular file"}));
  }
  CHECK_THAT(call({"validate", bundle.directory()}), Fails({"is a pipe, not a regular file"}));
  fs::remove(config);
  fs::create_symlink("/dev/zero", config);
  CHECK_THAT(call({"create", "-b", bundle.directory(), runtime().new_id()}),
             Fails({"is a character device, not a regular file"}));
}

TEST_CASE_METHOD(OddFiles, "a pipe without a reader is refused as log and as pid file",
                 "[odd-files][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  CHECK_THAT(call({"--log", pipe("log"), "list"}), Fails({"--log", "no such device or address"}));
  CHECK_THAT(box.try_create({"--pid-file", pipe("pid")}),
             Fails({"--pid-file", "no such device or address"}));
  CHECK_THAT(box.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(OddFiles,
                 "a pipe without a reader is not written as trace, which changes nothing else",
                 "[odd-files][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  const Outcome outcome =
      call({"--trace", pipe("trace"), "create", "-b", bundle.directory(), box.id()});
  CHECK_THAT(outcome, Warns({"--trace: open", "no such device or address"}));
  CHECK(box.status() == "created");
}

TEST_CASE_METHOD(OddFiles, "a log may be a pipe that is read", "[odd-files][berth]") {
  const std::string log = pipe("log");
  const sys::Fd reader = sys::open(log, O_RDONLY | O_NONBLOCK);
  CHECK_THAT(call({"--log", log, "state", "nothing"}), Fails({"does not exist"}));
  CHECK(contains(sys::read_all(reader, log), "does not exist"));
}

TEST_CASE_METHOD(OddFiles, "a pid file for standard output goes to it, and leaves /dev/stdout",
                 "[odd-files][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  const std::string link = place() + "/link";
  fs::create_symlink("/proc/self/fd/2", link);
  const Outcome created =
      run_command({.argv = {"/bin/sh", "-c",
                            "exec 2>" + place() + "/out; exec " + Runtime::program() + " --root " +
                                runtime().state_root() + " create -b " + bundle.directory() +
                                " --pid-file " + link + " " + box.id()}});
  CHECK_THAT(created, Succeeds());
  CHECK(read_file(place() + "/out") == std::to_string(box.pid()));
  CHECK(fs::is_symlink(link));
}

TEST_CASE_METHOD(OddFiles, "a full standard output is an error with its cause",
                 "[odd-files][berth]") {
  const Outcome outcome = run_command(
      {.argv = {"/bin/sh", "-c", "exec " + Runtime::program() + " features > /dev/full"}});
  CHECK_THAT(outcome, Fails({"write 'standard output': no space left on device"}));
}

TEST_CASE_METHOD(OddFiles, "a record that is a pipe does not block any command (SR-33)",
                 "[odd-files][berth]") {
  const Bundle bundle = new_bundle();
  Container good(*this, bundle), bad(*this, bundle);
  good.create();
  const std::string directory = runtime().state_root() + "/" + bad.id();
  fs::create_directory(directory);
  fs::permissions(directory, fs::perms::owner_all);
  REQUIRE(::mkfifo((directory + "/record.json").c_str(), 0600) == 0);
  const Outcome list = call({"list", "-q"});
  CHECK(list.out == good.id() + "\n");
  CHECK(contains(list.err, "is not a regular file"));
  CHECK_THAT(bad.call("delete"), Fails({"is not a regular file", "hint: delete --force"}));
  CHECK_THAT(bad.call("delete", {"--force"}), Succeeds());
  CHECK_THAT(bad.call("state"), Fails({"does not exist"}));
}

TEST_CASE_METHOD(Machine, "a planted record's hook does not run (SR-31)", "[odd-files][berth]") {
  const std::string mark = place() + "/hook-ran";
  const std::string root = runtime().state_root();
  Bundle bundle = new_bundle().set(
      "/hooks", R"({"poststop": [{"path": "/bin/touch", "args": ["touch", ")" + mark + "\"]}]}");
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  const std::string directory = root + "/" + box.id();
  const std::string record = directory + "/record.json";
  REQUIRE(::chown(record.c_str(), 65534, 65534) == 0);
  CHECK_THAT(box.call("delete"), Fails({record, "belongs to uid 65534"}));
  REQUIRE(::chown(record.c_str(), 0, 0) == 0);
  REQUIRE(::chown(directory.c_str(), 65534, 65534) == 0);
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--force"}}) {
    CHECK_THAT(box.call("delete", flags), Fails({directory, "belongs to uid 65534"}));
  }
  REQUIRE(::chown(directory.c_str(), 0, 0) == 0);
  fs::rename(directory, place() + "/elsewhere");
  fs::create_directory_symlink(place() + "/elsewhere", directory);
  CHECK_THAT(box.call("delete"), Fails({"does not exist"}));
  CHECK_FALSE(fs::exists(mark));
  fs::remove(directory);
  fs::rename(place() + "/elsewhere", directory);
  box.remove();
  CHECK(fs::exists(mark));
}

}  // namespace
}  // namespace berth::test
