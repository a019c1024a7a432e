// Finding and executing the program: what engines read in the error, and where it is looked for.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

struct Missing {
  std::string program;
  std::string words;
};

// Docker and podman make exit codes 126 and 127 of these words.
const Missing kMissing[] = {
    {"/no/such/program", "no such file or directory"},
    {"nosuchprogram", "executable file not found in $PATH"},
    {"/etc/passwd", "permission denied"},
};

TEST_CASE_METHOD(Machine, "a program that cannot be executed is named, with the words engines know",
                 "[program]") {
  Bundle bundle = new_bundle();
  for (const Missing& missing : kMissing) {
    CHECK_THAT(run(bundle.args({missing.program})), Fails({missing.program, missing.words}));
  }
}

// runc says "permission denied" of a directory.
TEST_CASE_METHOD(Machine, "a directory is not accepted as the program", "[program][berth]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle.args({"/etc"})), Fails({"/etc", "is a directory"}));
}

// Docker and podman classify nothing but a create that fails.
TEST_CASE_METHOD(Machine,
                 "create reports what is wrong with the program, at its property, and leaves "
                 "nothing (RT-CREATE-4 SR-48)",
                 "[program]") {
  Bundle bundle = new_bundle();
  for (const Missing& missing : kMissing) {
    bundle.args({missing.program});
    Container box(*this, bundle);
    CHECK_THAT(box.try_create(), Fails({missing.program, missing.words}));
    CHECK_THAT(box.call("state"), Fails({"does not exist"}));
  }
}

TEST_CASE_METHOD(Machine,
                 "start reports a program that has gone since create, at its property "
                 "(RT-START-3 SR-48)",
                 "[program][berth]") {
  Bundle bundle = new_bundle().args({"/bin/copy"});
  std::filesystem::copy_file(bundle.in_image("/bin/busybox"), bundle.in_image("/bin/copy"));
  Container box(*this, bundle);
  box.create();
  std::filesystem::remove(bundle.in_image("/bin/copy"));
  CHECK_THAT(box.call("start"),
             Fails({"/process/args", R"(exec: "/bin/copy": stat /bin/copy: no such file)"}));
  box.wait_until_stopped();
  box.remove();
}

TEST_CASE_METHOD(Machine, "the program's error appears once", "[program]") {
  Bundle bundle = new_bundle().args({"/no/such/program"});
  const Outcome outcome = run(bundle);
  const std::size_t first = outcome.err.find("no such file");
  REQUIRE(first != std::string::npos);
  CHECK(outcome.err.find("no such file", first + 1) == std::string::npos);
}

TEST_CASE_METHOD(Machine,
                 "the program is looked for in the PATH of its own environment "
                 "(PR-ARGS-1 PR-ENV-1)",
                 "[program]") {
  Bundle bundle = new_bundle();
  std::filesystem::create_directory(bundle.in_image("/opt"));
  write_file(bundle.in_image("/opt/only-here"), "#!/bin/sh\necho found\n", 0755);
  CHECK_THAT(run(bundle.args({"only-here"})), Fails({"executable file not found in $PATH"}));
  CHECK_THAT(run(bundle.set("/process/env/0", R"("PATH=/bin:/opt")")), Prints("found\n"));
}

TEST_CASE_METHOD(Machine, "a relative program is found from the working directory", "[program]") {
  Bundle bundle = new_bundle().set("/process/cwd", R"("/bin")").args({"./busybox", "pwd"});
  CHECK_THAT(run(bundle), Prints("/bin\n"));
}

TEST_CASE_METHOD(Machine, "args reach the program as they are, the first included (PR-ARGS-1)",
                 "[program]") {
  Bundle bundle = new_bundle().args({"sh", "-c", R"(for a in "$0" "$@"; do echo "<$a>"; done)",
                                     "zero", "", "a b", "new\nline", "*", "ü"});
  CHECK_THAT(run(bundle), Prints("<zero>\n<>\n<a b>\n<new\nline>\n<*>\n<ü>\n"));
}

TEST_CASE_METHOD(Machine, "empty args are refused before anything is made (PR-ARGS-1)",
                 "[program]") {
  Bundle bundle = new_bundle().set("/process/args", "[]");
  Container box(*this, bundle);
  CHECK_THAT(box.try_create(), Fails({"args"}));
}

}  // namespace
}  // namespace berth::test
