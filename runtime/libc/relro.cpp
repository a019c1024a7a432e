// Makes read-only what was relocated: tables of functions, of texts, of types. A dynamic linker
// does that, and so does the start of a static program on glibc; musl's does not. So both programs
// that stand on musl, berth and berth-init, do it here, before their other constructors run.
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

// NOLINTNEXTLINE(*-reserved-identifier): the linker's name for the headers of this program
extern "C" const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

namespace berth::libc {

namespace {

constexpr int kFirstOfAll = 101;  ///< lower priorities are the implementation's

[[noreturn]] void give_up() {
  constexpr char kText[] = "berth: the kernel does not protect its memory\n";
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
  _exit(1);
}

[[gnu::constructor(kFirstOfAll)]] void protect_relocated() {
  char* const base = reinterpret_cast<char*>(const_cast<Elf64_Ehdr*>(&__ehdr_start));
  const auto* header = reinterpret_cast<const Elf64_Phdr*>(base + __ehdr_start.e_phoff);
  std::uintptr_t page = 1;
  for (unsigned left = __ehdr_start.e_phnum; left > 0; --left, ++header) {
    // The linker aligns to the largest page that a kernel for this machine has.
    if (header->p_type == PT_LOAD) page = header->p_align;
    if (header->p_type != PT_GNU_RELRO) continue;
    const std::uintptr_t before = header->p_vaddr % page;  // on its first page, relocated as well
    if (mprotect(base + header->p_vaddr - before, header->p_memsz + before, PROT_READ) < 0)
      give_up();
  }
}

}  // namespace

}  // namespace berth::libc
