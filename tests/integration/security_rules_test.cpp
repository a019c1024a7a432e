// Rules of security that no other theme holds: what is not written to, what is opened, what is
// closed when berth is called, what enters a container. docs/security.md has all of them.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/elf_image.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

// ---- what is not to be written ----

TEST_CASE_METHOD(Machine, "nothing is made in a source that is mounted read-only (SR-7)",
                 "[security][mounts]") {
  const std::string source = new_directory("source");
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source, "/data", {"bind", "ro"});
  SECTION("a directory") {
    bundle.add_mount("tmpfs", "tmpfs", "/data/below", {"nosuid"});
    CHECK_THAT(run(bundle), Fails({"/mounts/"}));
  }
  SECTION("a file") {
    write_file(place() + "/file", "host");
    bundle.add_mount("bind", place() + "/file", "/data/file", {"bind"});
    CHECK_THAT(run(bundle), Fails({"/mounts/"}));
  }
  CHECK(names_in(source).empty());
}

// ---- what is opened ----

TEST_CASE_METHOD(Machine, "a terminal is made by a devpts alone, whatever lies on /dev/pts (SR-5)",
                 "[security][terminal]") {
  const std::string false_pts = new_directory("pts");
  write_file(false_pts + "/ptmx", "of the image");
  Bundle bundle = new_bundle().set("/process/terminal", "true");
  bundle.add_mount("bind", false_pts, "/dev/pts", {"bind"});
  const ConsoleSocket console(place() + "/console");
  Container box(*this, bundle);
  CHECK_THAT(box.try_create({"--console-socket", place() + "/console"}), Fails({"/dev/pts"}));
  CHECK(read_file(false_pts + "/ptmx") == "of the image");
}

// ---- what is closed when berth is called ----

TEST_CASE_METHOD(Machine, "a standard stream that is closed is /dev/null inside (SR-15)",
                 "[security][process]") {
  const std::string out = new_directory("out");
  Bundle bundle = new_bundle().add_mount("bind", out, "/out", {"bind"});
  bundle.script(
      "all=$(for n in 0 1 2; do readlink /proc/$$/fd/$n; done); echo \"$all\" > /out/streams");
  for (unsigned closed = 1; closed < 8; ++closed) {
    Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
    command.prepare = [=] {
      for (const int stream : {0, 1, 2}) {
        if ((closed >> stream & 1) != 0) close(stream);
      }
    };
    INFO("closed: " << closed);
    CHECK(run_command(command).status == 0);
    const std::vector<std::string> streams = lines_of(read_file(out + "/streams"));
    REQUIRE(streams.size() == 3);
    for (const std::size_t stream : {0U, 1U, 2U}) {
      const bool is_null = stream == 0 || (closed >> stream & 1) != 0;
      CHECK((streams[stream] == "/dev/null") == is_null);
    }
  }
}

// ---- what enters a container ----

TEST_CASE_METHOD(Machine,
                 "what enters a container is static: nothing of an image is loaded (SR-30)",
                 "[security][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  const ElfImage program(read_file("/proc/" + std::to_string(box.pid()) + "/exe"));
  REQUIRE(program.is_elf());
  CHECK(program.is_static());
}

}  // namespace
}  // namespace berth::test
