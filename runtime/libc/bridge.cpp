// The names that Debian's libstdc++, libseccomp and libcap-ng, which were built with glibc, ask a C
// library for and musl has not, or has slower. They are linked with the berth that we ship alone:
// docs/architecture.md says why that one stands on musl.
//
// A name that belongs to the C library is given to a function of ours by the assembler.
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "runtime/libc/copy.h"
#include "runtime/libc/heap.h"
#include "runtime/libc/layout.h"

namespace {

berth::libc::Heap& heap() {
  static constinit berth::libc::Heap heap;
  return heap;
}

/// musl takes no more for the size of a text; all is what is said where nobody knows.
std::size_t printable(std::size_t size) { return std::min<std::size_t>(size, INT_MAX); }

/// The room that the compiler knows of is too small for what is to be written there.
void check_room(std::size_t size, std::size_t room) {
  if (size > room) std::abort();
}

/// The table for stack unwinding of the one object there is.
int find_table(dl_phdr_info* info, std::size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_GNU_EH_FRAME) continue;
    const auto address = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    std::memcpy(&static_cast<dl_find_object*>(result)->dlfo_eh_frame, &address, sizeof address);
    return 1;
  }
  return 0;
}

}  // namespace

// Beside malloc, with which they are interchangeable as ever.
void* operator new(std::size_t size) {
  void* block = heap().allocate(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { heap().release(block); }
void operator delete(void* block, std::size_t) noexcept { heap().release(block); }

extern "C" {

// ---- memory: heap.h, copy.h ---------------------------------------------------------------------

void* malloc(std::size_t size) noexcept { return heap().allocate(size); }

void free(void* block) noexcept { heap().release(block); }

void* realloc(void* block, std::size_t size) noexcept {
  return block == nullptr ? heap().allocate(size) : heap().resize(block, size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  std::size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) {
    errno = ENOMEM;
    return nullptr;
  }
  void* block = heap().allocate(whole);
  return block == nullptr ? nullptr : std::memset(block, 0, whole);
}

/// As far as every block is. Without these, musl's own would come, whose blocks are not ours to
/// free.
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (alignment <= 16) return heap().allocate(size);
  errno = ENOMEM;
  return nullptr;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return aligned_alloc(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  *block = aligned_alloc(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}

void* memcpy(void* to, const void* from, std::size_t size) noexcept {
  berth::libc::copy(static_cast<char*>(to), static_cast<const char*>(from), size);
  return to;
}

void* memmove(void* to, const void* from, std::size_t size) noexcept {
  berth::libc::move(static_cast<char*>(to), static_cast<const char*>(from), size);
  return to;
}

int memcmp(const void* one, const void* other, std::size_t size) noexcept {
  return berth::libc::compare(static_cast<const char*>(one), static_cast<const char*>(other), size);
}

// ---- _FORTIFY_SOURCE ----------------------------------------------------------------------------

void* checked_memcpy(void* to, const void* from, std::size_t size,
                     std::size_t room) asm("__memcpy_chk");
void* checked_memcpy(void* to, const void* from, std::size_t size, std::size_t room) {
  check_room(size, room);
  return std::memcpy(to, from, size);
}

void* checked_memmove(void* to, const void* from, std::size_t size,
                      std::size_t room) asm("__memmove_chk");
void* checked_memmove(void* to, const void* from, std::size_t size, std::size_t room) {
  check_room(size, room);
  return std::memmove(to, from, size);
}

void* checked_memset(void* to, int byte, std::size_t size, std::size_t room) asm("__memset_chk");
void* checked_memset(void* to, int byte, std::size_t size, std::size_t room) {
  check_room(size, room);
  return std::memset(to, byte, size);
}

ssize_t checked_read(int fd, void* to, std::size_t size, std::size_t room) asm("__read_chk");
ssize_t checked_read(int fd, void* to, std::size_t size, std::size_t room) {
  check_room(size, room);
  return ::read(fd, to, size);
}

int checked_vsnprintf(char* text, std::size_t size, int, std::size_t room, const char* format,
                      std::va_list arguments) asm("__vsnprintf_chk");
int checked_vsnprintf(char* text, std::size_t size, int, std::size_t room, const char* format,
                      std::va_list arguments) {
  check_room(size, room);
  return std::vsnprintf(text, printable(size), format, arguments);
}

int checked_snprintf(char* text, std::size_t size, int, std::size_t room, const char* format,
                     ...) asm("__snprintf_chk");
int checked_snprintf(char* text, std::size_t size, int, std::size_t room, const char* format, ...) {
  check_room(size, room);
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, printable(size), format, arguments);
  va_end(arguments);
  return length;
}

int checked_sprintf(char* text, int, std::size_t room, const char* format,
                    ...) asm("__sprintf_chk");
int checked_sprintf(char* text, int, std::size_t room, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, printable(room), format, arguments);
  va_end(arguments);
  if (length >= 0) check_room(static_cast<std::size_t>(length) + 1, room);
  return length;
}

int checked_printf(int, const char* format, ...) asm("__printf_chk");
int checked_printf(int, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vprintf(format, arguments);
  va_end(arguments);
  return length;
}

int checked_fprintf(FILE* file, int, const char* format, ...) asm("__fprintf_chk");
int checked_fprintf(FILE* file, int, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vfprintf(file, format, arguments);
  va_end(arguments);
  return length;
}

int checked_asprintf(char** text, int, const char* format, ...) asm("__asprintf_chk");
int checked_asprintf(char** text, int, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int length = ::vasprintf(text, format, arguments);
  va_end(arguments);
  return length;
}

void checked_syslog(int priority, int, const char* format, ...) asm("__syslog_chk");
void checked_syslog(int priority, int, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  ::vsyslog(priority, format, arguments);
  va_end(arguments);
}

/// Without O_CREAT, which is what it checks.
int checked_open(const char* path, int flags) asm("__open_2");
int checked_open(const char* path, int flags) { return ::open(path, flags); }

// ---- what glibc's headers call where the compiler does not put it in place
// -----------------------

unsigned gnu_dev_major(dev_t device) noexcept {
  return static_cast<unsigned>((device >> 32 & 0xfffff000) | (device >> 8 & 0xfff));
}

unsigned gnu_dev_minor(dev_t device) noexcept {
  return static_cast<unsigned>((device >> 12 & 0xffffff00) | (device & 0xff));
}

dev_t gnu_dev_makedev(unsigned major_number, unsigned minor_number) noexcept {
  const dev_t high = major_number, low = minor_number;
  return (high & 0xfffff000) << 32 | (high & 0xfff) << 8 | (low & 0xffffff00) << 12 | (low & 0xff);
}

cmsghdr* next_header(msghdr* message, cmsghdr* part) asm("__cmsg_nxthdr");
cmsghdr* next_header(msghdr* message, cmsghdr* part) {
  char* const next = reinterpret_cast<char*>(part) + CMSG_ALIGN(part->cmsg_len);
  char* const end = static_cast<char*>(message->msg_control) + message->msg_controllen;
  const bool fits = part->cmsg_len >= sizeof(cmsghdr) && next + sizeof(cmsghdr) <= end &&
                    next + CMSG_ALIGN(reinterpret_cast<cmsghdr*>(next)->cmsg_len) <= end;
  return fits ? reinterpret_cast<cmsghdr*>(next) : nullptr;
}

// ---- C++ ----------------------------------------------------------------------------------------

/// libstdc++ counts references without atomic operations then.
extern const char is_single_threaded asm("__libc_single_threaded");
const char is_single_threaded = 1;

int find_object(void* address, dl_find_object* result) asm("_dl_find_object");
int find_object(void*, dl_find_object* result) {
  *result = {};
  return ::dl_iterate_phdr(find_table, result) == 1 ? 0 : -1;
}

// ---- system calls -------------------------------------------------------------------------------

int close_range(unsigned first, unsigned last, int flags) noexcept {
  return static_cast<int>(::syscall(SYS_close_range, first, last, flags));
}

int open_tree(int dir, const char* path, unsigned flags) noexcept {
  return static_cast<int>(::syscall(SYS_open_tree, dir, path, flags));
}

int move_mount(int from_dir, const char* from, int to_dir, const char* to,
               unsigned flags) noexcept {
  return static_cast<int>(::syscall(SYS_move_mount, from_dir, from, to_dir, to, flags));
}

int mount_setattr(int dir, const char* path, unsigned flags, mount_attr* attributes,
                  std::size_t size) noexcept {
  return static_cast<int>(::syscall(SYS_mount_setattr, dir, path, flags, attributes, size));
}

int fsopen(const char* name, unsigned flags) noexcept {
  return static_cast<int>(::syscall(SYS_fsopen, name, flags));
}

int fsmount(int context, unsigned flags, unsigned attributes) noexcept {
  return static_cast<int>(::syscall(SYS_fsmount, context, flags, attributes));
}

int fsconfig(int context, unsigned command, const char* key, const void* value, int aux) noexcept {
  return static_cast<int>(::syscall(SYS_fsconfig, context, command, key, value, aux));
}

}  // extern "C"
