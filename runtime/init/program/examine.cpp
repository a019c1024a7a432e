// Finds out why execve(2) refuses a file that exists and may be executed: its errno is about the
// file or about a file that it names, and does not say which.
#include "runtime/init/program/examine.h"

#include <elf.h>
#include <string.h>

#include "runtime/init/base/sys.h"
#include "runtime/init/program/refusal.h"

namespace berth::init {

namespace {

/// What the kernel reads of a file before it decides what it is, `#! INTERPRETER [ARGUMENT]`
/// included. execve(2)
constexpr std::size_t kStart = 256;
/// So many files may be scripts in a row, each the interpreter of the one before.
constexpr int kMostScripts = 5;

struct Examined {
  Finding& finding;
  Text& path;  ///< of the file that is examined; a script replaces it by that of its interpreter
  int error;   ///< as of examine()
};

/// Sets a fault of the examined file itself; false: nothing else has to be examined.
bool set_own(const Examined& examined, Fault fault, int error = ENOEXEC) {
  Finding& finding = examined.finding;
  conclude(finding, fault, error, finding.part == 0 ? "" : examined.path.get());
  return false;
}

/// Whether the interpreter or loader can be used; else this is the finding.
bool check_other(const Examined& examined, std::uint32_t part) {
  examined.finding.part = part;
  const int error = error_of(examined.path.get());
  if (error != 0) explain(examined.finding, examined.path.get(), error);
  return error == 0;
}

/// True: the interpreter has to be examined, too.
bool read_script(const Examined& examined, const char* start) {
  const char* name = start + 2 + strspn(start + 2, " \t");
  const std::size_t size = strcspn(name, " \t\n");
  if (name + size == start + kStart) return set_own(examined, Fault::LongLine);
  if (size == 0) return set_own(examined, Fault::NoInterpreter);
  examined.path.clear();
  examined.path.add(name, size);
  return check_other(examined, plan::kOfInterpreter);
}

/// Reads the path of the loader of a dynamically linked program. False: it has none.
template <class Header, class Part>
bool read_loader(int file, const char* start, Text& loader) {
  constexpr unsigned kMostParts = 64;  // a linker makes about 12
  Header header;
  memcpy(&header, start, sizeof header);
  Part parts[kMostParts];
  const ssize_t size = pread(file, parts, sizeof parts, static_cast<off_t>(header.e_phoff));
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    if (static_cast<ssize_t>((i + 1) * sizeof(Part)) > size) return false;
    if (parts[i].p_type != PT_INTERP) continue;
    char path[PATH_MAX];
    const ssize_t length =
        pread(file, path, sizeof path - 1, static_cast<off_t>(parts[i].p_offset));
    if (length <= 0) return false;
    path[length] = '\0';
    loader.set(path);
    return true;
  }
  return false;
}

/// Numbers of the ELF header that have one place in both classes.
void set_facts(plan::FileFacts& file, const char* start) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(start);
  file.elf_class = bytes[EI_CLASS];
  file.byte_order = bytes[EI_DATA];
  const bool is_reversed = bytes[EI_DATA] == ELFDATA2MSB;
  const auto number_at = [&](std::size_t place) {
    const unsigned low = bytes[place + (is_reversed ? 1 : 0)];
    const unsigned high = bytes[place + (is_reversed ? 0 : 1)];
    return static_cast<std::uint16_t>(low | high << 8);
  };
  file.type = number_at(offsetof(Elf64_Ehdr, e_type));
  file.machine = number_at(offsetof(Elf64_Ehdr, e_machine));
}

/// Whether the kernel may execute the program although it is for another machine, whose loader it
/// needs then: some kernels execute 32-bit programs as well, and binfmt_misc any, which only the
/// errno of execve(2) tells.
bool may_be_ours(const plan::FileFacts& facts, int error) {
  if (facts.byte_order != ELFDATA2LSB || error == ENOEXEC) return false;
  return error != 0 || (facts.elf_class == ELFCLASS32 && facts.machine == plan::kSmallMachine);
}

void read_program(const Examined& examined, int file, const char* start) {
  Finding& finding = examined.finding;
  set_facts(finding.file, start);
  const plan::FileFacts& facts = finding.file;
  const bool is_program = facts.type == ET_EXEC || facts.type == ET_DYN;
  const bool is_ours = is_program && facts.elf_class == ELFCLASS64 &&
                       facts.byte_order == ELFDATA2LSB && facts.machine == plan::kMachine;
  if (!is_ours) set_own(examined, Fault::WrongElf);
  if (!is_ours && !may_be_ours(facts, examined.error)) return;
  const bool is_dynamic = facts.elf_class == ELFCLASS64
                              ? read_loader<Elf64_Ehdr, Elf64_Phdr>(file, start, examined.path)
                              : read_loader<Elf32_Ehdr, Elf32_Phdr>(file, start, examined.path);
  const std::uint32_t own = finding.part;
  if (!is_dynamic || !check_other(examined, plan::kOfLoader)) return;
  if (is_ours) {
    set_own(examined, Fault::BadLoader, ELIBBAD);
  } else {
    finding.part = own;
  }
}

/// True: the file is a script, whose interpreter has to be examined, too.
bool examine_one(const Examined& examined) {
  const Fd file(open(examined.path.get(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  char start[kStart + 1] = {};
  const ssize_t size = read(file.get(), start, kStart);
  if (size < 0) return false;  // the file may be executed, but not read
  if (size == 0) return set_own(examined, Fault::EmptyFile);
  if (strncmp(start, "#!", 2) == 0) return read_script(examined, start);
  if (memcmp(start, ELFMAG, SELFMAG) != 0) return set_own(examined, Fault::NoFormat);
  read_program(examined, file.get(), start);
  return false;
}

}  // namespace

void examine(Finding& finding, const char* file, int error) {
  finding = {};
  Text path;
  path.add(file);
  const Examined examined{.finding = finding, .path = path, .error = error};
  for (int scripts = 1; examine_one(examined); ++scripts) {
    if (scripts > kMostScripts) {
      return conclude(finding, Fault::TooManyInterpreters, ELOOP, path.get());
    }
  }
}

void find_cause(Finding& finding, const char* file, int error) {
  finding = {};
  const int found = error_of(file);
  if (found == 0) {
    examine(finding, file, error);
  } else {
    explain(finding, file, found);
  }
}

}  // namespace berth::init
