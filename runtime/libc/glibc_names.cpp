// Names that Debian's libstdc++ and libgcc_eh, which were built for glibc, need and musl lacks.
// cmake/musl.cmake maps the names for which musl has an equivalent.
#include <elf.h>
#include <link.h>

#include <array>
#include <cstdint>

namespace {

/// The struct of glibc's <dlfcn.h>, with numbers in place of pointers.
struct FoundObject {
  std::uint64_t flags, start, end, link_map, eh_frame;
  std::array<std::uint64_t, 7> reserved;
};
static_assert(sizeof(FoundObject) == 96);

/// Finds the unwind table of a static program, which is a single object.
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

/// berth has one thread, so libstdc++ counts references without atomic operations.
extern const char is_single_threaded asm("__libc_single_threaded");
const char is_single_threaded = 1;

int find_object(void* address, FoundObject* result) asm("_dl_find_object");
int find_object(void*, FoundObject* result) {
  *result = {};
  return ::dl_iterate_phdr(find_table, result) == 1 ? 0 : -1;
}

}  // extern "C"
