// What is said of a program whose path leads to nothing that may be executed: which part of the
// path, which link, whose bit.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

class Refused : public Machine {
 protected:
  Refused() : bundle_(new_bundle()) { fs::create_directory(bundle_.in_image("/opt")); }

  std::string at(const std::string& path) { return bundle_.in_image(path); }
  void make(const std::string& path, mode_t mode, uid_t uid = 0, gid_t gid = 0) {
    write_file(at(path), "#!/bin/sh\necho ran\n", mode);
    REQUIRE(chown(at(path).c_str(), uid, gid) == 0);
  }
  void link(const char* target, const std::string& path) {
    REQUIRE(symlink(target, at(path).c_str()) == 0);
  }
  void be_user() { bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})"); }

  /// The sentence after `exec: "PROGRAM": `, in the error of create.
  void expect(const std::string& program, const std::string& sentence) {
    Container box(*this, bundle_.args({program}));
    const Outcome outcome = box.try_create();
    CHECK_THAT(outcome, Fails({"exec: \"" + program + "\": " + sentence + "\n"}));
    CHECK(lines_of(outcome.err).size() == 1);
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }

  Bundle bundle_;
};

TEST_CASE_METHOD(Refused, "an empty first argument does not match any file of PATH (PR-ARGS-1)",
                 "[program]") {
  CHECK_THAT(run(bundle_.args({""})), Fails({R"(exec: "": executable file not found in $PATH)"}));
}

// ---- bits -----------------------------------------------------------------------------------

TEST_CASE_METHOD(Refused, "create looks for the program with the user's rights (SR-48)",
                 "[program]") {
  be_user();
  make("/opt/tool", 0700);
  for (const char* name : {"/opt/tool", "./tool", "tool"}) {
    INFO(name);
    bundle_.args({name}).set("/process/cwd", R"("/opt")").set("/process/env/0", R"("PATH=/opt")");
    Container box(*this, bundle_);
    CHECK_THAT(box.try_create(), Fails({"permission denied"}));
  }
  REQUIRE(chmod(at("/opt/tool").c_str(), 0755) == 0);
  CHECK_THAT(run(bundle_), Prints("ran\n"));
}

TEST_CASE_METHOD(Refused, "a program without x: nobody has it (SR-48)", "[program][berth]") {
  make("/opt/tool", 0644);
  expect("/opt/tool", "permission denied: it has mode 0644, no x for anybody");
}

TEST_CASE_METHOD(Refused, "a program of another user: the missing bit, the owner and the user",
                 "[program][berth]") {
  be_user();
  make("/opt/tool", 0700);
  expect("/opt/tool",
         "permission denied: it has mode 0700 and owner 0:0, x for its owner alone; "
         "the user is 1000:1000");
  make("/opt/group", 0750);
  expect("/opt/group",
         "permission denied: it has mode 0750 and owner 0:0, no x for others; "
         "the user is 1000:1000");
  make("/opt/others", 0705, 0, 1000);
  expect("/opt/others",
         "permission denied: it has mode 0705 and owner 0:1000, no x for its group; "
         "the user is 1000:1000");
  make("/opt/own", 0655, 1000, 1000);
  expect("/opt/own",
         "permission denied: it has mode 0655 and owner 1000:1000, no x for its owner; "
         "the user is 1000:1000");
}

TEST_CASE_METHOD(Refused, "a directory on the way that may not be searched is named",
                 "[program][berth]") {
  be_user();
  fs::create_directories(at("/opt/a/b"));
  make("/opt/a/b/tool", 0755);
  REQUIRE(chmod(at("/opt/a").c_str(), 0700) == 0);
  const std::string sentence =
      "permission denied: the directory '/opt/a' may not be searched: it has mode 0700 and owner "
      "0:0, x for its owner alone; the user is 1000:1000";
  expect("/opt/a/b/tool", sentence);
  link("/opt/a/b/tool", "/opt/tool");
  expect("/opt/tool", sentence);
  bundle_.set("/process/env/0", R"("PATH=/opt/a/b:/bin")");
  expect("tool", sentence);
}

TEST_CASE_METHOD(Refused, "a program of PATH that may not be executed is named",
                 "[program][berth]") {
  make("/opt/tool", 0644);
  bundle_.set("/process/env/0", R"("PATH=/bin:/opt")");
  expect("tool", "permission denied: '/opt/tool' has mode 0644, no x for anybody");
}

// ---- other files ----------------------------------------------------------------------------

TEST_CASE_METHOD(Refused, "a directory is refused with the words of both contracts (SR-48)",
                 "[program][berth]") {
  expect("/etc", "permission denied: it is a directory");
  expect("/", "permission denied: it is a directory");
}

TEST_CASE_METHOD(Refused, "a device, a FIFO and a socket are refused by their kind (SR-48)",
                 "[program][berth]") {
  expect("/dev/null", "permission denied: it is a character device");
  REQUIRE(mkfifo(at("/opt/fifo").c_str(), 0777) == 0);
  expect("/opt/fifo", "permission denied: it is a FIFO");
  const sys::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = at("/opt/s");
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  expect("/opt/s", "permission denied: it is a socket");
}

TEST_CASE_METHOD(Refused, "a file in the place of a directory is named (SR-48)",
                 "[program][berth]") {
  expect("/etc/passwd/x", "not a directory: '/etc/passwd' is a file");
}

// ---- links ----------------------------------------------------------------------------------

TEST_CASE_METHOD(Refused, "a dangling link: the link, and where it leads", "[program][berth]") {
  link("/no/such", "/opt/tool");
  expect("/opt/tool",
         "no such file or directory: the symbolic link '/opt/tool' leads to '/no/such', "
         "which is not there");
}

TEST_CASE_METHOD(Refused, "links in a row of which the last one dangles: the last is named",
                 "[program][berth]") {
  link("second", "/opt/first");
  link("/etc/third", "/opt/second");
  link("../no/such", "/etc/third");
  expect("/opt/first",
         "no such file or directory: the symbolic link '/etc/third' leads to '../no/such', "
         "which is not there");
}

TEST_CASE_METHOD(Refused, "a dangling link in place of a directory is named", "[program][berth]") {
  link("/no/such", "/opt/current");
  expect("/opt/current/bin/tool",
         "no such file or directory: the symbolic link '/opt/current' leads to '/no/such', "
         "which is not there");
}

TEST_CASE_METHOD(Refused, "a file that is missing behind a good link is missing",
                 "[program][berth]") {
  link("/bin", "/opt/current");
  expect("/opt/current/tool", "stat /opt/current/tool: no such file or directory");
}

TEST_CASE_METHOD(Refused, "a dangling link in a directory of PATH is named", "[program][berth]") {
  link("/no/such", "/opt/tool");
  bundle_.set("/process/env/0", R"("PATH=/no/such:/bin:/opt")");
  expect("tool",
         "executable file not found in $PATH: the symbolic link '/opt/tool' leads to '/no/such', "
         "which is not there");
  expect("other", "executable file not found in $PATH");
}

TEST_CASE_METHOD(Refused, "a loop of links: one of them is named", "[program][berth]") {
  link("tool", "/opt/tool");
  expect("/opt/tool",
         "too many levels of symbolic links: the symbolic links form a loop, or are more than 40; "
         "one of them, '/opt/tool' leads to 'tool'");
}

// ---- mounts ---------------------------------------------------------------------------------

TEST_CASE_METHOD(Refused, "a program on a mount with noexec: the mount is named (SR-48)",
                 "[program][berth]") {
  const std::string volume = new_directory("volume");
  fs::create_directory(volume + "/sub");
  write_file(volume + "/sub/tool", "#!/bin/sh\n", 0755);
  bundle_.add_mount("bind", volume, "/data", {"bind", "noexec"});
  expect("/data/sub/tool", "permission denied: it is on the mount '/data', which is noexec");
  link("/data/sub/tool", "/opt/tool");
  expect("/opt/tool", "permission denied: it is on a mount with noexec");
}

TEST_CASE_METHOD(Refused, "a script whose interpreter is on a mount with noexec",
                 "[program][berth]") {
  const std::string volume = new_directory("volume");
  write_file(volume + "/interp", "", 0755);
  bundle_.add_mount("bind", volume, "/data", {"bind", "noexec"});
  write_file(at("/s"), "#!/data/interp\n", 0755);
  CHECK_THAT(run(bundle_.args({"/s"})),
             Fails({R"(exec: "/s": permission denied: the interpreter is on the mount '/data', )"
                    "which is noexec"}));
}

TEST_CASE_METHOD(Refused, "a program that a startContainer hook takes away is looked for again",
                 "[program][hooks]") {
  bundle_.args({"tool"}).set("/process/env/0", R"("PATH=/opt:/usr")");
  fs::create_directories(at("/usr"));
  write_file(at("/opt/tool"), "#!/bin/sh\necho first\n", 0755);
  write_file(at("/usr/tool"), "#!/bin/sh\necho second\n", 0755);
  bundle_.set("/hooks",
              R"({"startContainer": [{"path": "/bin/rm", "args": ["rm", "/opt/tool"]}]})");
  CHECK_THAT(run(bundle_), Prints("second\n"));
}

}  // namespace
}  // namespace berth::test
