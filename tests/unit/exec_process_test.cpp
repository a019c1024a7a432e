// Which process an exec makes: from the command line, from a file, and from what create has kept.
#include <fcntl.h>
#include <catch2/catch.hpp>

#include "runtime/exec/exec_process.h"
#include "runtime/linux/files/file.h"
#include "spec/error.h"
#include "temporary_directory.h"

namespace berth::exec {
namespace {

spec::Process own_process() {
  spec::Process own;
  own.args = {"/bin/server"};
  own.env = {"PATH=/bin", "A=own"};
  own.cwd = "/srv";
  own.user = {.uid = 5, .gid = 6, .umask = 077, .additional_gids = {7}};
  own.capabilities.emplace().bounding = {"CAP_CHOWN"};
  own.capabilities->permitted = own.capabilities->effective = {"CAP_CHOWN"};
  own.no_new_privileges = true;
  own.rlimits = {{"RLIMIT_NOFILE", 10, 20}};
  own.apparmor_profile = "own-profile";
  own.terminal = true;
  own.console_size.emplace();
  return own;
}

Error error_of(const ExecProcess& asked, const std::optional<spec::Process>& own = own_process()) {
  try {
    (void)process_of(asked, own);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::Bug, "none"};
}

TEST_CASE("a bare exec is the container's own process, without its terminal") {
  const spec::Process process = process_of({.args = {"ls", "-l"}}, own_process());
  CHECK(process.args == spec::Strings{"ls", "-l"});
  CHECK(process.env == own_process().env);
  CHECK(process.cwd == "/srv");
  CHECK(process.user.uid == 5);
  CHECK(process.user.additional_gids == std::vector<std::uint32_t>{7});
  CHECK(process.no_new_privileges);
  CHECK(process.apparmor_profile == "own-profile");
  CHECK(process.rlimits.size() == 1);
  CHECK_FALSE(process.terminal);
  CHECK_FALSE(process.console_size);
  CHECK(process_of({}, own_process()).args == spec::Strings{"/bin/server"});
}

TEST_CASE("flags replace or add to what the container has") {
  const spec::Process process = process_of({.args = {"x"},
                                            .env = {"A=new", "B="},
                                            .cwd = "/tmp",
                                            .user = "0:8",
                                            .additional_gids = {"9"},
                                            .capabilities = {"CAP_KILL", "CAP_CHOWN"},
                                            .apparmor_profile = "p",
                                            .selinux_label = "l",
                                            .terminal = true},
                                           own_process());
  CHECK(process.env == spec::Strings{"PATH=/bin", "A=own", "A=new", "B="});
  CHECK(process.cwd == "/tmp");
  CHECK(process.user.uid == 0);
  CHECK(process.user.gid == 8);
  CHECK(process.user.additional_gids == std::vector<std::uint32_t>{7, 9});
  CHECK(process.capabilities->permitted == spec::Strings{"CAP_CHOWN", "CAP_KILL"});
  CHECK(process.capabilities->ambient.empty());
  CHECK(process.apparmor_profile == "p");
  CHECK(process.selinux_label == "l");
  CHECK(process.terminal);
}

TEST_CASE("a capability that is added for another user than root is one that execve keeps") {
  const spec::Process process =
      process_of({.args = {"x"}, .user = "5", .capabilities = {"CAP_KILL"}}, own_process());
  CHECK(process.capabilities->ambient == spec::Strings{"CAP_KILL"});
  CHECK(process.capabilities->inheritable == spec::Strings{"CAP_KILL"});
}

TEST_CASE("wrong flags of exec are refused by their name") {
  CHECK(error_of({.args = {"x"}, .env = {"A"}}).origin() == "--env");
  CHECK(error_of({.args = {"x"}, .env = {"=A"}}).origin() == "--env");
  CHECK(error_of({.args = {"x"}, .cwd = "tmp"}).origin() == "--cwd");
  for (const char* const user : {"root", "1:", ":1", "-1", "4294967295", "1:2:3"}) {
    CAPTURE(user);
    CHECK(error_of({.args = {"x"}, .user = user}).origin() == "--user");
  }
  CHECK(error_of({.args = {"x"}, .additional_gids = {"wheel"}}).origin() == "--additional-gids");
}

TEST_CASE("a container without a program of its own needs a command") {
  CHECK(error_of({}, std::nullopt).kind() == ErrorKind::Config);
  const spec::Process process = process_of({.args = {"x"}}, std::nullopt);
  CHECK(process.cwd == "/");
  CHECK(process.user.uid == 0);
}

TEST_CASE("a file describes the process, and what it leaves out of the limits is the container's") {
  const TemporaryDirectory place;
  const std::string file = place.path() + "/process.json";
  sys::write_value(sys::open(file, O_WRONLY | O_CREAT, 0600),
                   R"({"args":["a"],"cwd":"/","user":{"uid":1,"gid":2},"env":null})", file);
  const spec::Process process = process_of({.file = file}, own_process());
  CHECK(process.args == spec::Strings{"a"});
  CHECK(process.env.empty());
  CHECK(process.user.uid == 1);
  CHECK_FALSE(process.user.umask);
  CHECK_FALSE(process.no_new_privileges);
  CHECK(process.capabilities->permitted == spec::Strings{"CAP_CHOWN"});
  CHECK(process.rlimits.size() == 1);
  CHECK(process.apparmor_profile == "own-profile");
}

TEST_CASE("a wrong file of --process: the error names the file and the place in it") {
  const TemporaryDirectory place;
  const std::string file = place.path() + "/process.json";
  sys::write_value(sys::open(file, O_WRONLY | O_CREAT, 0600), R"({"args":["a"],"cwd":"x"})", file);
  const std::string text = error_of({.file = file}).what();
  CHECK(text.find(file + ":1:") != std::string::npos);
  CHECK(text.find("/cwd") != std::string::npos);
}

TEST_CASE("a place in the configuration is named as the caller of exec knows it") {
  const ExecProcess flags{.args = {"x"}, .cwd = "/w", .user = "1"};
  CHECK(origin_of(flags, "/process/args/0").empty());
  CHECK(origin_of(flags, "/process/cwd") == "--cwd");
  CHECK(origin_of(flags, "/process/user") == "--user");
  CHECK(origin_of(flags, "/process/user/additionalGids") == "/process/user/additionalGids");
  CHECK(origin_of(flags, "/linux/seccomp") == "/linux/seccomp");
  CHECK(origin_of({.file = "/p"}, "/process/cwd") == "--process /p: /cwd");
}

}  // namespace
}  // namespace berth::exec
