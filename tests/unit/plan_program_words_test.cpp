#include "runtime/plan/program_words.h"

#include <elf.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>

namespace berth::plan {
namespace {

/// A message of init; a null in the detail separates its two texts.
template <StepType T>
Message failed(const T& step, Fault fault, int number, const std::string& subject,
               const std::string& detail = "", std::uint32_t more = 0) {
  Message message;
  message.value = static_cast<std::uint32_t>(fault) | more;
  message.number = number;
  message.copy.set(step);
  subject.copy(message.subject, sizeof message.subject - 1);
  detail.copy(message.detail, sizeof message.detail - 1);
  return message;
}

std::string words_of_mode(std::uint32_t mode, std::uint32_t owner, std::uint32_t user) {
  Message message = failed(FindProgram{}, Fault::NotExecutable, EACCES, "/s", "/s");
  message.file.mode = mode;
  message.file.owner = message.file.group = owner;
  message.file.user = message.file.user_group = user;
  return program_words(message);
}

TEST_CASE("engines find what they search for when there is no program") {
  CHECK(program_words(failed(FindProgram{}, Fault::Missing, ENOENT, "/no/such")) ==
        "stat /no/such: no such file or directory");
  CHECK(program_words(failed(FindProgram{}, Fault::SystemCall, EACCES, "/s")) ==
        "permission denied");
  CHECK(words_of_mode(S_IFDIR | 0755, 0, 0) == "permission denied: it is a directory");
}

TEST_CASE("a refused file has its kind, or the bit that is missing, and whose it is") {
  const auto [mode, owner, user,
              words] = GENERATE(table<std::uint32_t, std::uint32_t, std::uint32_t, std::string>({
      {S_IFIFO | 0777, 0, 0, "it is a FIFO"},
      {S_IFSOCK | 0777, 0, 0, "it is a socket"},
      {S_IFCHR | 0777, 0, 0, "it is a character device"},
      {S_IFBLK | 0777, 0, 0, "it is a block device"},
      {S_IFREG | 0644, 0, 0, "it has mode 0644, no x for anybody"},
      {S_IFREG | 0700, 0, 7,
       "it has mode 0700 and owner 0:0, x for its owner alone; the user is 7:7"},
      {S_IFREG | 0611, 7, 7, "it has mode 0611 and owner 7:7, no x for its owner; the user is 7:7"},
      {S_IFREG | 04750, 0, 7, "it has mode 4750 and owner 0:0, no x for others; the user is 7:7"},
      {S_IFREG | 0705, 0, 7, "it has mode 0705 and owner 0:0, no x for its group; the user is 7:7"},
      {S_IFREG | 0755, 0, 7,
       "it has mode 0755 and owner 0:0, which would do; an ACL or a security module may "
       "refuse; the user is 7:7"},
  }));
  CHECK(words_of_mode(mode, owner, user) == "permission denied: " + words);
}

TEST_CASE("the file that is meant is the program, its interpreter or its loader") {
  const auto [detail, more, words] = GENERATE(table<std::string, std::uint32_t, std::string>({
      {"", 0, "it is empty"},
      {"/s", 0, "it is empty"},
      {"/opt/s", 0, "'/opt/s' is empty"},
      {"/i", kOfInterpreter, "the interpreter '/i' is empty"},
      {"/i\r", kOfInterpreter, "the interpreter '/i' with a carriage return is empty"},
      {"/l", kOfLoader, "the loader '/l' is empty"},
      {"/l", kOfLoader | kUnderFilter, "the loader '/l' is empty"},
  }));
  CHECK(program_words(failed(Execute{}, Fault::EmptyFile, ENOEXEC, "/s", detail, more)) ==
        "exec format error: " + words);
}

TEST_CASE("a link, a mount or a directory on the way is named, and what it leads to") {
  const std::string link("/a\0/b", 5);
  CHECK(program_words(failed(FindProgram{}, Fault::DanglingLink, ENOENT, "/a", link)) ==
        "no such file or directory: the symbolic link '/a' leads to '/b', which is not there");
  CHECK(program_words(failed(FindProgram{}, Fault::DanglingLink, ENOENT, "a", link)) ==
        "executable file not found in $PATH: the symbolic link '/a' leads to '/b', which is not "
        "there");
  CHECK(program_words(failed(Execute{}, Fault::DanglingLink, ENOENT, "/s", link, kOfLoader)) ==
        "no such file or directory: the loader cannot be reached: the symbolic link '/a' leads to "
        "'/b', which is not there");
  CHECK(program_words(failed(FindProgram{}, Fault::NoExecMount, EACCES, "/s", "")) ==
        "permission denied: it is on a mount with noexec");
}

TEST_CASE("both machines are named, and their bits and byte order where these differ") {
  const auto [machine, elf_class, order, words] =
      GENERATE(table<std::uint16_t, std::uint8_t, std::uint8_t, std::string>({
          {EM_RISCV, ELFCLASS64, ELFDATA2LSB, "riscv64, this machine is "},
          {EM_S390, ELFCLASS64, ELFDATA2MSB, "s390x (big-endian), this machine is "},
          {EM_PPC64, ELFCLASS64, ELFDATA2LSB, "ppc64le, this machine is "},
          {EM_PPC64, ELFCLASS64, ELFDATA2MSB, "ppc64 (big-endian), this machine is "},
          {EM_MIPS, ELFCLASS32, ELFDATA2MSB, "mips (32-bit, big-endian), this machine is "},
          {EM_RISCV, ELFCLASS32, ELFDATA2LSB, "riscv32 (32-bit), this machine is "},
          {4711, ELFCLASS64, ELFDATA2LSB, "the machine number 4711, this machine is "},
      }));
  Message message = failed(Execute{}, Fault::WrongElf, ENOEXEC, "/s");
  message.file.machine = machine;
  message.file.elf_class = elf_class;
  message.file.byte_order = order;
  CHECK_THAT(program_words(message), Catch::StartsWith("exec format error: it is for " + words));
}

TEST_CASE("an ELF file of this machine that is not a program is called what it is") {
  const auto [type, words] = GENERATE(table<std::uint16_t, std::string>({
      {ET_REL, "it is an object file, which was not linked"},
      {ET_CORE, "it is a core dump"},
      {99, "it is an ELF file of the type 99, not a program"},
  }));
  Message message = failed(Execute{}, Fault::WrongElf, ENOEXEC, "/s");
  message.file.machine = kMachine;
  message.file.elf_class = ELFCLASS64;
  message.file.byte_order = ELFDATA2LSB;
  message.file.type = type;
  CHECK(program_words(message) == "exec format error: " + words);
  message.file.byte_order = 7;
  CHECK(program_words(message) == "exec format error: it has a damaged ELF header");
}

TEST_CASE("an errno whose cause init has not seen gets what is certain, and no more") {
  const auto [number, more, words] = GENERATE(table<int, std::uint32_t, std::string>({
      {ENOENT, 0, "no such file or directory: the file is there, its interpreter or loader is not"},
      {ENOENT, kUnderFilter,
       "no such file or directory: this is about the file, its interpreter or its loader"},
      {ELIBBAD, 0, "accessing a corrupted shared library: its loader is not one for this machine"},
      {ETXTBSY, 0,
       "text file busy: a process has it, its interpreter or its loader open for writing"},
      {EACCES, 0, "permission denied"},
      {ENOEXEC, 0, "exec format error"},
  }));
  CHECK(program_words(failed(Execute{}, Fault::SystemCall, number, "/s", "", more)) == words);
  CHECK(program_words(failed(RunHook{}, Fault::SystemCall, number, "/s", "", more)) == words);
}

TEST_CASE("texts of a message that is not to be trusted are read within their bounds") {
  Message message = failed(Execute{}, Fault::DanglingLink, ENOENT, "/s");
  std::memset(message.detail, 'x', sizeof message.detail);
  std::memset(message.subject, 'y', sizeof message.subject);
  CHECK_THAT(program_words(message), Catch::Contains("leads to ''"));
}

}  // namespace
}  // namespace berth::plan
