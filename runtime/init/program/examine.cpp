// Finds out why execve(2) refuses a file that exists and may be executed: its errno is about the
// file or about a file that it names, and does not say which.
#include "runtime/init/program/examine.h"

#include <elf.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#endif

/// The kernel reads this much of `#! INTERPRETER [ARGUMENT]`. execve(2)
constexpr std::size_t kLine = 256;

void read_script(Program& program, const char* line) {
  const char* begin = line + 2 + strspn(line + 2, " \t");
  program.interpreter.add(begin, strcspn(begin, " \t\n"));
}

/// Reads the path of the loader of a dynamically linked program.
void read_loader(Program& program, int file, const Elf64_Ehdr& header) {
  constexpr unsigned kMostParts = 1024;  // the kernel accepts hardly more
  for (unsigned i = 0; i < header.e_phnum && i < kMostParts; ++i) {
    Elf64_Phdr part = {};
    const auto place = static_cast<off_t>(header.e_phoff + std::size_t{i} * sizeof part);
    if (pread(file, &part, sizeof part, place) != sizeof part) return;
    if (part.p_type != PT_INTERP) continue;
    char path[PATH_MAX];
    const ssize_t size = pread(file, path, sizeof path - 1, static_cast<off_t>(part.p_offset));
    path[size < 0 ? 0 : size] = '\0';
    program.interpreter.add(path);
    return;
  }
}

void read_program(Program& program, int file) {
  Elf64_Ehdr header = {};
  const bool is_whole = pread(file, &header, sizeof header, 0) == sizeof header;
  const bool is_ours = header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == kMachine;
  if (is_whole && is_ours) {
    read_loader(program, file, header);
  } else {
    program.format = Fault::ForeignFile;
  }
}

}  // namespace

int error_of(const char* file) {
  struct stat status = {};
  if (stat(file, &status) < 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  if (!S_ISREG(status.st_mode)) return EACCES;
  return sys::call(SYS_faccessat2, AT_FDCWD, file, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

void examine(Program& program) {
  program.format = Fault::SystemCall;
  program.interpreter.clear();
  program.interpreter_error = 0;
  const Fd file(open(program.file.get(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  char line[kLine + 1] = {};
  const ssize_t size = read(file.get(), line, kLine);
  if (size < 0) return;  // the file may be executed, but not read
  if (size == 0) {
    program.format = Fault::EmptyFile;
  } else if (strncmp(line, "#!", 2) == 0) {
    read_script(program, line);
  } else if (memcmp(line, ELFMAG, SELFMAG) == 0) {
    read_program(program, file.get());
  } else {
    program.format = Fault::NoFormat;
  }
  if (program.interpreter.size() > 0) {
    program.interpreter_error = error_of(program.interpreter.get());
  }
}

}  // namespace berth::init
