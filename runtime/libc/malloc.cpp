// malloc and operator new, both from one Heap. Only the berth that is linked with musl includes
// them.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include "runtime/libc/heap.h"

namespace {

berth::libc::Heap& heap() {
  static constinit berth::libc::Heap heap;
  return heap;
}

}  // namespace

// As in other C libraries, free may release a block of new, and delete a block of malloc.
void* operator new(std::size_t size) {
  void* block = heap().allocate(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { heap().release(block); }
void operator delete(void* block, std::size_t) noexcept { heap().release(block); }

extern "C" {

void* malloc(std::size_t size) { return heap().allocate(size); }

void free(void* block) { heap().release(block); }

void* realloc(void* block, std::size_t size) {
  return block == nullptr ? heap().allocate(size) : heap().resize(block, size);
}

void* calloc(std::size_t count, std::size_t size) {
  std::size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) {
    errno = ENOMEM;
    return nullptr;
  }
  void* block = heap().allocate(whole);
  return block == nullptr ? nullptr : std::memset(block, 0, whole);
}

/// Every block is aligned to 16 bytes, which is all that berth needs. Without this function a
/// library would get musl's, whose blocks this heap cannot release.
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  if (alignment <= 16) return heap().allocate(size);
  errno = ENOMEM;
  return nullptr;
}

void* memalign(std::size_t alignment, std::size_t size) { return aligned_alloc(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = aligned_alloc(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}

}  // extern "C"
