// What is said of a program that is there and still cannot be executed: never anything untrue, and
// with the words that engines look for.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

struct Unusable {
  const char* title;
  std::string content;
  std::vector<std::string> words;
};

/// The beginning of a program for another machine.
std::string foreign_program() {
  std::string header(64, '\0');
  const std::string ident =
      "\x7f"
      "ELF\x02\x01\x01";
  header.replace(0, ident.size(), ident);
  header[16] = 2;           // executable
  header[18] = '\xb7' ^ 1;  // a machine that nobody has
  return header;
}

const Unusable kUnusable[] = {
    {"no interpreter",
     "#!/no/such/interp\n",
     {R"(exec: "/s": no such file or directory)", "'/no/such/interp' is not there"}},
    {"with an argument", "#! /no/such/interp -x\n", {"'/no/such/interp' is not there"}},
    {"CRLF",
     "#!/bin/sh\r\necho\r\n",
     {"no such file or directory", "'/bin/sh'", "carriage return"}},
    {"interpreter without x",
     "#!/etc/passwd\n",
     {R"(exec: "/s": permission denied)", "'/etc/passwd' cannot be executed"}},
    {"empty", "", {"exec format error", "empty"}},
    {"no first line", "echo hi\n", {"exec format error", "#!"}},
    {"another machine", foreign_program(), {"exec format error", "another machine"}},
};

TEST_CASE_METHOD(Machine, "the reason is named, with a filter and without one",
                 "[program][berth]") {
  const bool has_filter = GENERATE(false, true);
  for (const Unusable& file : kUnusable) {
    INFO(file.title);
    Bundle bundle = new_bundle().args({"/s"});
    write_file(bundle.in_image("/s"), file.content, 0755);
    if (has_filter) bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW"})");
    const Outcome outcome = run(bundle);
    CHECK_THAT(outcome, Fails(file.words));
    CHECK_FALSE(contains(outcome.err, "stat /s"));
    CHECK(lines_of(outcome.err).size() == 1);
  }
}

TEST_CASE_METHOD(Machine, "a program without its loader names it", "[program][berth]") {
  Bundle bundle = new_bundle().args({"/s"});
  // Of the host, dynamically linked, and alone.
  fs::copy_file("/usr/bin/env", bundle.in_image("/s"));
  const Outcome outcome = run(bundle);
  CHECK_THAT(outcome, Fails({R"(exec: "/s": no such file or directory)", "/ld-"}));
  CHECK_FALSE(contains(outcome.err, "stat /s"));
}

TEST_CASE_METHOD(Machine,
                 "a program that may not be read is executed, or fails with the true reason",
                 "[program][berth]") {
  Bundle bundle = new_bundle().args({"/s"});
  fs::copy_file(bundle.in_image("/bin/busybox"), bundle.in_image("/s"));
  REQUIRE(chmod(bundle.in_image("/s").c_str(), 0111) == 0);
  bundle.set("/process/user", R"({"uid": 1000, "gid": 1000})").args({"/s", "echo", "hi"});
  fs::rename(bundle.in_image("/s"), bundle.in_image("/busybox"));
  bundle.args({"/busybox", "echo", "hi"});
  bundle.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW"})");
  CHECK_THAT(run(bundle), Prints("hi\n"));
  fs::copy_file("/usr/bin/env", bundle.in_image("/s"));
  REQUIRE(chmod(bundle.in_image("/s").c_str(), 0111) == 0);
  CHECK_THAT(run(bundle.args({"/s"})),
             Fails({R"(exec: "/s": no such file or directory)", "the file is there"}));
}

TEST_CASE_METHOD(Machine, "an empty first argument does not match any file of PATH (PR-ARGS-1)",
                 "[program]") {
  CHECK_THAT(run(new_bundle().args({""})),
             Fails({R"(exec: "": executable file not found in $PATH)"}));
}

struct Refused {
  const char* title;
  std::string program;
  mode_t mode;
  std::string words;
};

TEST_CASE_METHOD(Machine, "create looks for the program with the user's rights (SR-48)",
                 "[program]") {
  Bundle bundle = new_bundle().set("/process/user", R"({"uid": 1000, "gid": 1000})");
  fs::create_directory(bundle.in_image("/opt"));
  write_file(bundle.in_image("/opt/tool"), "#!/bin/sh\necho ran\n", 0700);
  for (const char* name : {"/opt/tool", "./tool", "tool"}) {
    INFO(name);
    bundle.args({name}).set("/process/cwd", R"("/opt")").set("/process/env/0", R"("PATH=/opt")");
    Container box(*this, bundle);
    CHECK_THAT(box.try_create(), Fails({"permission denied"}));
  }
  REQUIRE(chmod(bundle.in_image("/opt/tool").c_str(), 0755) == 0);
  CHECK_THAT(run(bundle), Prints("ran\n"));
  REQUIRE(chmod(bundle.in_image("/opt").c_str(), 0700) == 0);
  Container box(*this, bundle.args({"/opt/tool"}));
  CHECK_THAT(box.try_create(), Fails({R"(exec: "/opt/tool")", "permission denied"}));
}

TEST_CASE_METHOD(Machine, "create refuses a directory, a device and a file without x (SR-48)",
                 "[program][berth]") {
  Bundle bundle = new_bundle();
  for (const auto& [program, words] : {std::pair{"/etc", "is a directory"},
                                       {"/dev/null", "permission denied"},
                                       {"/etc/passwd", "permission denied"},
                                       {"/etc/passwd/x", "not a directory"}}) {
    INFO(program);
    Container box(*this, bundle.args({program}));
    CHECK_THAT(box.try_create(), Fails({std::string("exec: \"") + program + "\"", words}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine, "a program on a mount without exec is refused by create (SR-48)",
                 "[program]") {
  const std::string volume = new_directory("volume");
  write_file(volume + "/tool", "#!/bin/sh\n", 0755);
  Bundle bundle = new_bundle().args({"/data/tool"});
  bundle.add_mount("bind", volume, "/data", {"bind", "noexec"});
  Container box(*this, bundle);
  CHECK_THAT(box.try_create(), Fails({R"(exec: "/data/tool")", "permission denied"}));
}

TEST_CASE_METHOD(Machine, "a program that a startContainer hook takes away is looked for again",
                 "[program][hooks]") {
  Bundle bundle = new_bundle().args({"tool"}).set("/process/env/0", R"("PATH=/opt:/usr")");
  fs::create_directory(bundle.in_image("/opt"));
  fs::create_directories(bundle.in_image("/usr"));
  write_file(bundle.in_image("/opt/tool"), "#!/bin/sh\necho first\n", 0755);
  write_file(bundle.in_image("/usr/tool"), "#!/bin/sh\necho second\n", 0755);
  bundle.set("/hooks", R"({"startContainer": [{"path": "/bin/rm", "args": ["rm", "/opt/tool"]}]})");
  CHECK_THAT(run(bundle), Prints("second\n"));
}

}  // namespace
}  // namespace berth::test
