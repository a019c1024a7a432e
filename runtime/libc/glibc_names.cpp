// What Debian's libstdc++ and libgcc_eh, which were built for glibc, ask a C library for and musl
// does not have. cmake/musl.cmake has those names of which only the address matters.
#include <elf.h>
#include <link.h>

#include <cstdint>

namespace {

/// As in glibc's <dlfcn.h>.
struct FoundObject {
  std::uint64_t flags;
  void *start, *end;
  void* link_map;
  const void* eh_frame;
  std::uint64_t reserved[7];
};
static_assert(sizeof(FoundObject) == 96);

/// Finds the table for the unwinding of the stack in the one object of a static program.
int find_table(dl_phdr_info* info, std::size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& part = info->dlpi_phdr[i];
    if (part.p_type != PT_GNU_EH_FRAME) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader has the address as a number
    static_cast<FoundObject*>(result)->eh_frame =
        reinterpret_cast<const void*>(info->dlpi_addr + part.p_vaddr);
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
