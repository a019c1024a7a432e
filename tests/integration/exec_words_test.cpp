// What is said of a program that is found and still cannot be executed: the true cause, and the
// words that engines look for. program_refusal_test.cpp has what is wrong with its path.
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

#if defined(__x86_64__)
constexpr std::uint16_t kOwn = EM_X86_64, kOther = EM_AARCH64;
const std::string kOwnName = "x86_64", kOtherName = "aarch64";
#elif defined(__aarch64__)
constexpr std::uint16_t kOwn = EM_AARCH64, kOther = EM_X86_64;
const std::string kOwnName = "aarch64", kOtherName = "x86_64";
#endif

struct Elf {
  std::uint16_t machine = kOwn;
  unsigned char elf_class = ELFCLASS64;
  unsigned char byte_order = ELFDATA2LSB;
  std::uint16_t type = ET_EXEC;
  std::string loader = {};
};

/// An ELF header, and if there is a loader the program header that names it.
std::string program(const Elf& elf) {
  const std::string loader = elf.loader + '\0';
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf.elf_class;
  header.e_ident[EI_DATA] = elf.byte_order;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  const bool is_reversed = elf.byte_order == ELFDATA2MSB;
  header.e_type = is_reversed ? __builtin_bswap16(elf.type) : elf.type;
  header.e_machine = is_reversed ? __builtin_bswap16(elf.machine) : elf.machine;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr part = {};
  part.p_type = elf.loader.empty() ? PT_NULL : PT_INTERP;
  part.p_offset = sizeof header + sizeof part;
  part.p_filesz = part.p_memsz = loader.size();
  std::string text(reinterpret_cast<const char*>(&header), sizeof header);
  return text.append(reinterpret_cast<const char*>(&part), sizeof part) + loader;
}

/// `/s` in the container, with and without a filter.
class Unusable : public Machine {
 protected:
  Unusable() : bundle_(new_bundle().args({"/s"})) {}

  void make(const std::string& content, const std::string& path = "/s") {
    write_file(bundle_.in_image(path), content, 0755);
  }
  /// The sentence after `exec: "/s": `.
  void expect(const std::string& sentence) {
    const char* filter = GENERATE("none", "loaded last", "loaded before start");
    CAPTURE(filter);
    if (std::strcmp(filter, "none") != 0) {
      bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW"})");
    }
    if (std::strcmp(filter, "loaded before start") == 0) load_early();
    const Outcome outcome = run(bundle_);
    CHECK_THAT(outcome, Fails({"exec: \"/s\": " + sentence + "\n"}));
    CHECK(lines_of(outcome.err).size() == 1);
  }

  /// A hook that may trace init must not find it with the privilege for loading a filter.
  void load_early() {
    bundle_.set("/process/noNewPrivileges", "false").capabilities({"CAP_SYS_PTRACE"});
    bundle_.set("/hooks", R"({"startContainer": [{"path": "/bin/true"}]})");
  }

  Bundle bundle_;
};

constexpr char kMissing[] = "no such file or directory: ";
constexpr char kDenied[] = "permission denied: ";
constexpr char kFormat[] = "exec format error: ";

// ---- scripts --------------------------------------------------------------------------------

TEST_CASE_METHOD(Unusable, "a script whose interpreter is missing: the interpreter is named",
                 "[program][berth]") {
  make("#! /no/such/interp -x\n");
  expect(kMissing + std::string("the interpreter '/no/such/interp' is not there"));
}

TEST_CASE_METHOD(Unusable, "a script with CRLF line ends: the carriage return is named",
                 "[program][berth]") {
  make("#!/bin/sh\r\necho\r\n");
  expect(kMissing + std::string("the interpreter '/bin/sh' with a carriage return is not there: "
                                "the script has CRLF at the ends of its lines"));
}

TEST_CASE_METHOD(Unusable, "a script whose interpreter may not be executed: its mode is named",
                 "[program][berth]") {
  make("#!/etc/passwd\n");
  expect(kDenied + std::string("the interpreter '/etc/passwd' has mode 0644, no x for anybody"));
}

TEST_CASE_METHOD(Unusable, "a script whose interpreter is a directory", "[program][berth]") {
  make("#!/etc\n");
  expect(kDenied + std::string("the interpreter '/etc' is a directory"));
}

TEST_CASE_METHOD(Unusable, "a script whose interpreter is a dangling link: both paths are named",
                 "[program][berth]") {
  make("#!/bin/interp\n");
  REQUIRE(symlink("/no/such", bundle_.in_image("/bin/interp").c_str()) == 0);
  expect(kMissing + std::string("the interpreter cannot be reached: the symbolic link "
                                "'/bin/interp' leads to '/no/such', which is not there"));
}

TEST_CASE_METHOD(Unusable, "a script whose interpreter is for another machine: both are named",
                 "[program][berth]") {
  make("#!/i\n");
  make(program({.machine = kOther}), "/i");
  expect(kFormat + ("the interpreter '/i' is for " + kOtherName + ", this machine is ") + kOwnName);
}

TEST_CASE_METHOD(Unusable, "scripts that are interpreters of each other: the last one's is named",
                 "[program][berth]") {
  make("#!/a\n");
  make("#!/b\n", "/a");
  make("#!/no/such\n", "/b");
  expect(kMissing + std::string("the interpreter '/no/such' is not there"));
}

TEST_CASE_METHOD(Unusable, "six scripts in a row are one too many, five are not",
                 "[program][berth]") {
  make("#!/1\n");
  for (int i = 1; i < 5; ++i) {
    make("#!/" + (i < 4 ? std::to_string(i + 1) : std::string("bin/echo")) + "\n",
         "/" + std::to_string(i));
  }
  CHECK_THAT(run(bundle_), Prints("/4 /3 /2 /1 /s\n"));
  make("#!/5\n", "/4");
  make("#!/bin/echo\n", "/5");
  expect(
      "too many levels of symbolic links: "
      "scripts are the interpreters of each other, more than 5 in a row");
}

TEST_CASE_METHOD(Unusable, "a script whose first line is too long: the limit is named",
                 "[program][berth]") {
  make("#!/" + std::string(252, 'x') + "\n");  // the last that is read
  CHECK_THAT(run(bundle_), Fails({kMissing, "xxx"}));
  make("#!/" + std::string(253, 'x') + "\n");
  expect(kFormat + std::string("the path behind '#!' in it does not end within 256 bytes, "
                               "and the kernel reads no more"));
}

TEST_CASE_METHOD(Unusable, "a script that names no interpreter", "[program][berth]") {
  make("#! \necho\n");
  expect(kFormat + std::string("it names no interpreter behind '#!'"));
}

TEST_CASE_METHOD(Unusable, "an empty file", "[program][berth]") {
  make("");
  expect(kFormat + std::string("it is empty"));
}

TEST_CASE_METHOD(Unusable, "a file that is neither a program nor a script", "[program][berth]") {
  make("echo hi\n");
  expect(kFormat + std::string("it is neither a program nor a script that begins with '#!'"));
}

// ---- programs -------------------------------------------------------------------------------

TEST_CASE_METHOD(Unusable, "a program for another machine: both machines are named",
                 "[program][berth]") {
  make(program({.machine = kOther}));
  expect(kFormat + ("it is for " + kOtherName + ", this machine is ") + kOwnName);
}

TEST_CASE_METHOD(Unusable, "a program for another machine whose loader is not there either",
                 "[program][berth]") {
  make(program({.machine = kOther, .loader = "/no/such"}));
  expect(kFormat + ("it is for " + kOtherName + ", this machine is ") + kOwnName);
}

TEST_CASE_METHOD(Unusable, "a program with other bits and another byte order: both are named",
                 "[program][berth]") {
  make(program({.machine = EM_PPC, .elf_class = ELFCLASS32, .byte_order = ELFDATA2MSB}));
  expect(kFormat + ("it is for ppc (32-bit, big-endian), this machine is " + kOwnName) +
         " (64-bit, little-endian)");
}

TEST_CASE_METHOD(Unusable, "an object file that was not linked", "[program][berth]") {
  make(program({.type = ET_REL}));
  expect(kFormat + std::string("it is an object file, which was not linked"));
}

TEST_CASE_METHOD(Unusable, "a file with nothing but the beginning of an ELF header",
                 "[program][berth]") {
  make(ELFMAG);
  expect(kFormat + std::string("it has a damaged ELF header"));
}

TEST_CASE_METHOD(Unusable, "a program without its loader: the loader is named",
                 "[program][berth]") {
  make(program({.loader = "/lib/no-such.so"}));
  expect(kMissing + std::string("the loader '/lib/no-such.so' is not there"));
}

TEST_CASE_METHOD(Unusable,
                 "a program of the host, dynamically linked and alone: its loader is named",
                 "[program][berth]") {
  fs::copy_file("/usr/bin/env", bundle_.in_image("/s"));
  CHECK_THAT(run(bundle_), Fails({kMissing, "the loader '/", "/ld-", "' is not there"}));
}

TEST_CASE_METHOD(Unusable, "a script whose interpreter lacks its loader: the loader is named",
                 "[program][berth]") {
  make("#!/i\n");
  make(program({.loader = "/lib/no-such.so"}), "/i");
  expect(kMissing + std::string("the loader '/lib/no-such.so' is not there"));
}

TEST_CASE_METHOD(Unusable, "a program whose loader is not a loader: the loader is named",
                 "[program][berth]") {
  make(program({.loader = "/lib/ld.so"}));
  fs::create_directories(bundle_.in_image("/lib"));
  make(program({.machine = kOther}), "/lib/ld.so");
  expect(
      "accessing a corrupted shared library: "
      "the loader '/lib/ld.so' is not a loader for this machine");
}

TEST_CASE_METHOD(Unusable,
                 "a program that may not be read is executed, or fails without an untruth",
                 "[program][berth]") {
  fs::copy_file(bundle_.in_image("/bin/busybox"), bundle_.in_image("/busybox"));
  fs::copy_file("/usr/bin/env", bundle_.in_image("/s"));
  for (const char* path : {"/busybox", "/s"}) {
    REQUIRE(chmod(bundle_.in_image(path).c_str(), 0111) == 0);
  }
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  CHECK_THAT(run(bundle_),
             Fails({kMissing, "the file is there, its interpreter or loader is not"}));
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW"})");
  CHECK_THAT(run(bundle_),
             Fails({kMissing, "this is about the file, its interpreter or its loader"}));
  CHECK_THAT(run(bundle_.args({"/busybox", "echo", "hi"})), Prints("hi\n"));
}

TEST_CASE_METHOD(Unusable, "a program that a process has open for writing", "[program][berth]") {
  fs::copy_file(bundle_.in_image("/bin/busybox"), bundle_.in_image("/s"));
  const sys::Fd file(open(bundle_.in_image("/s").c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(file);
  // Linux 6.11 and 6.12 execute it.
  Command command{.argv = {bundle_.in_image("/s"), "true"}};
  if (run_command(command).status == 0) return skip("this kernel executes such files");
  CHECK_THAT(run(bundle_), Fails({R"(exec: "/s": text file busy: a process has it, its )"
                                  "interpreter or its loader open for writing"}));
}

// ---- the same for hooks, and after start ----------------------------------------------------

TEST_CASE_METHOD(Unusable, "a startContainer hook that cannot be executed: the cause is named",
                 "[program][hooks][berth]") {
  make("#!/no/such/interp\n");
  bundle_.args({"/bin/true"}).set("/hooks", R"({"startContainer": [{"path": "/s"}]})");
  for (const char* filter : {"", R"({"defaultAction": "SCMP_ACT_ALLOW"})"}) {
    if (*filter != '\0') bundle_.set("/linux/seccomp", filter);
    CHECK_THAT(run(bundle_), Fails({"/hooks/startContainer/0: run the hook '/s': no such file or "
                                    "directory: the interpreter '/no/such/interp' is not there"}));
  }
  make("");
  CHECK_THAT(run(bundle_), Fails({"run the hook '/s': exec format error: it is empty"}));
  REQUIRE(chmod(bundle_.in_image("/s").c_str(), 0644) == 0);
  CHECK_THAT(run(bundle_), Fails({"run the hook '/s': permission denied: it has mode 0644, no x"}));
}

TEST_CASE_METHOD(Unusable, "start reports what became of the program since create",
                 "[program][berth]") {
  make("#!/bin/sh\n");
  Container box(*this, bundle_);
  box.create();
  make("#!/no/such/interp\n");
  CHECK_THAT(
      box.call("start"),
      Fails({R"(exec: "/s": no such file or directory: the interpreter '/no/such/interp')"}));
  box.wait_until_stopped();
}

TEST_CASE_METHOD(Unusable, "under a filter loaded before start, what can be said without looking",
                 "[program][hooks][berth]") {
  make("#!/bin/sh\n");
  // The filter ends a process that makes a call of the look.
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["statfs", "statx"], "action": "SCMP_ACT_KILL_PROCESS"}]})");
  load_early();
  Container refused(*this, bundle_);
  refused.create();
  REQUIRE(chmod(bundle_.in_image("/s").c_str(), 0644) == 0);
  CHECK_THAT(refused.call("start"), Fails({R"(exec: "/s": permission denied)"}));
  refused.wait_until_stopped();
  make("#!/bin/sh\n");
  Container directory(*this, bundle_);
  directory.create();
  fs::remove(bundle_.in_image("/s"));
  fs::create_directory(bundle_.in_image("/s"));
  CHECK_THAT(directory.call("start"),
             Fails({R"(exec: "/s": permission denied: it is a directory)"}));
  directory.wait_until_stopped();
}

TEST_CASE_METHOD(Unusable, "exec into a container names the cause as create does",
                 "[program][exec][berth]") {
  make("#!/no/such/interp\n");
  make("echo hi\n", "/t");
  Container box(*this, bundle_.script("echo ready; exec sleep 1000"));
  box.create_and_start();
  box.wait_for_output("ready");
  const Outcome script = call({"exec", box.id(), "/s"});
  CHECK(script.status != 0);
  CHECK(contains(script.err, R"(exec: "/s": no such file or directory: the interpreter )"
                             "'/no/such/interp' is not there"));
  const Outcome text = call({"exec", box.id(), "/t"});
  CHECK(contains(text.err, R"(exec: "/t": exec format error: it is neither a program nor)"));
  const Outcome directory = call({"exec", box.id(), "/etc"});
  CHECK(contains(directory.err, R"(exec: "/etc": permission denied: it is a directory)"));
}

}  // namespace
}  // namespace berth::test
