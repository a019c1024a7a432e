// Rules of security that no other theme holds: what the host lacks, what is closed when berth is
// called, what is linked into the programs. docs/security.md has all of them.
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/terminal.h"

namespace berth::test {
namespace {

// ---- what is not to be written
// -------------------------------------------------------------------

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

// ---- what the host lacks
// -------------------------------------------------------------------------

/// In the child: the call is one that this kernel does not have, for berth and all that it starts.
void take_away(unsigned call) {
  const sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = std::size(program), .filter = const_cast<sock_filter*>(program)};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) _exit(99);
}

TEST_CASE_METHOD(
    Machine, "a call that the kernel lacks is named, or done without, and leaves nothing (SR-8)",
    "[security][berth]") {
  Bundle bundle = new_bundle().script("echo runs");
  for (const auto& [name, number] : {std::pair{"openat2", SYS_openat2},
                                     {"fsopen", SYS_fsopen},
                                     {"fsconfig", SYS_fsconfig},
                                     {"fsmount", SYS_fsmount},
                                     {"open_tree", SYS_open_tree},
                                     {"move_mount", SYS_move_mount},
                                     {"mount_setattr", SYS_mount_setattr},
                                     {"clone3", SYS_clone3},
                                     {"execveat", SYS_execveat},
                                     {"memfd_create", SYS_memfd_create},
                                     {"pidfd_send_signal", SYS_pidfd_send_signal},
                                     {"close_range", SYS_close_range},
                                     {"pivot_root", SYS_pivot_root},
                                     {"keyctl", SYS_keyctl}}) {
    Command command = runtime().command({"run", "-b", bundle.directory(), runtime().new_id()});
    command.prepare = [call = number] { take_away(static_cast<unsigned>(call)); };
    const Outcome outcome = run_command(command);
    INFO(name << ": " << outcome.status << ", " << outcome.out << outcome.err);
    if (outcome.status == 0) {
      CHECK(outcome.out == "runs\n");
    } else {
      CHECK(outcome.status == 1);
      CHECK(lines_of(outcome.err).size() == 1);
      CHECK(contains(outcome.err, "unction not implemented"));
    }
    CHECK_FALSE(contains(call({"list", "--quiet"}).out, command.argv.back()));
  }
}

// ---- what is closed when berth is called
// -----------------------------------------------------------

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
    for (const int stream : {0, 1, 2}) {
      const bool is_null = stream == 0 || (closed >> stream & 1) != 0;
      CHECK((streams[stream] == "/dev/null") == is_null);
    }
  }
}

// ---- what the programs are
// -------------------------------------------------------------------------

/// A 64-bit ELF file.
class Program {
 public:
  explicit Program(const std::string& path) : bytes_(read_file(path)) {
    REQUIRE(bytes_.size() > sizeof header_);
    std::memcpy(&header_, bytes_.data(), sizeof header_);
    REQUIRE(std::memcmp(header_.e_ident, ELFMAG, SELFMAG) == 0);
    for (std::size_t i = 0; i < header_.e_phnum; ++i) {
      Elf64_Phdr segment;
      std::memcpy(&segment, bytes_.data() + header_.e_phoff + i * sizeof segment, sizeof segment);
      segments_.push_back(segment);
    }
  }

  bool has(unsigned type) const { return !of(type).empty(); }
  std::vector<Elf64_Phdr> of(unsigned type) const {
    std::vector<Elf64_Phdr> found;
    for (const Elf64_Phdr& each : segments_) {
      if (each.p_type == type) found.push_back(each);
    }
    return found;
  }

  /// Libraries that the loader would look for.
  std::size_t needed() const {
    std::size_t count = 0;
    for (const Elf64_Phdr& dynamic : of(PT_DYNAMIC)) {
      for (std::size_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic.p_filesz;
           at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        std::memcpy(&entry, bytes_.data() + dynamic.p_offset + at, sizeof entry);
        if (entry.d_tag == DT_NEEDED) ++count;
      }
    }
    return count;
  }

 private:
  std::string bytes_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> segments_;
};

void check_static(const Program& program) {
  CHECK_FALSE(program.has(PT_INTERP));
  CHECK(program.needed() == 0);
}

TEST_CASE_METHOD(Machine,
                 "what enters a container is static: nothing of an image is loaded (SR-30)",
                 "[security][berth]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create();
  check_static(Program("/proc/" + std::to_string(box.pid()) + "/exe"));
}

TEST_CASE_METHOD(Machine, "the berth that is shipped is static, too (SR-30)", "[security][berth]") {
  const Program program(Runtime::program());
  if (program.has(PT_INTERP)) return skip("a build for the debugger, not what is shipped");
  check_static(program);
}

}  // namespace
}  // namespace berth::test
