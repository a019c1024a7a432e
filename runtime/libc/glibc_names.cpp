// What Debian's libstdc++ and libgcc_eh, which were built for glibc, ask a C library for and musl
// does not have. cmake/musl.cmake has the names that are those of other functions.
#include <elf.h>
#include <link.h>

#include <array>
#include <cstdint>

namespace {

/// As in glibc's <dlfcn.h>, its pointers as numbers.
struct FoundObject {
  std::uint64_t flags, start, end, link_map, eh_frame;
  std::array<std::uint64_t, 7> reserved;
};
static_assert(sizeof(FoundObject) == 96);

/// Finds the table for the unwinding of the stack in the one object of a static program.
int find_table(dl_phdr_info* info, std::size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_GNU_EH_FRAME) continue;
    static_cast<FoundObject*>(result)->eh_frame = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    return 1;
  }
  return 0;
}

}  // namespace

extern "C" {

/// libstdc++ counts references without atomic operations then: berth has one thread.
extern const char is_single_threaded asm("__libc_single_threaded");
const char is_single_threaded = 1;

int find_object(void* address, FoundObject* result) asm("_dl_find_object");
int find_object(void*, FoundObject* result) {
  *result = {};
  return ::dl_iterate_phdr(find_table, result) == 1 ? 0 : -1;
}

}  // extern "C"
