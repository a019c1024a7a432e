// The allocator for RapidJSON. RapidJSON's own one returns null when there is no memory, which
// RapidJSON does not check; this one throws std::bad_alloc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

namespace berth::spec {

/// RapidJSON's allocator concept, which fixes these names.
struct JsonMemory {
  static const bool kNeedFree = true;

  void* Malloc(std::size_t size) { return size == 0 ? nullptr : ::operator new(size); }
  void* Realloc(void* block, std::size_t size, std::size_t new_size) {
    void* larger = Malloc(new_size);
    const std::size_t kept = std::min(size, new_size);
    if (kept > 0) std::memcpy(larger, block, kept);
    Free(block);
    return larger;
  }
  static void Free(void* block) { ::operator delete(block); }
};

}  // namespace berth::spec
