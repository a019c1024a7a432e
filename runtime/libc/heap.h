// malloc(3) for a process with one thread that lives for a millisecond, or waits for a container.
// Blocks are cut from large mappings; a freed block goes to a list of its size. When memory runs
// out, a reserve lets berth report that and undo its work.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace berth::libc {

class Heap {
 public:
  /// Returns at least `size` bytes, aligned to 16. Returns null and sets ENOMEM if there is no
  /// memory.
  void* allocate(std::size_t size);
  /// Null is ignored. A block that is not in use, or is not the heap's, ends the process.
  void release(void* block);
  /// Like realloc(3), for a block that is in use.
  void* resize(void* block, std::size_t size);

 private:
  /// A larger block has its own pages, which go when it is released.
  static constexpr std::size_t kLargest = std::size_t{24} << 10;
  static constexpr std::size_t kClasses = 38;

  /// The header precedes each block.
  struct alignas(16) Header {
    std::size_t room;
    std::uint64_t state;
  };
  /// A free block holds this in place of data.
  struct Free {
    Free* next;
  };

  static std::size_t class_of(std::size_t size);
  static std::size_t room_of(std::size_t index);
  static Header& header_of(void* block);
  static void* start(Header* header, std::size_t room);
  static void* allocate_pages(std::size_t size);
  void* cut(std::size_t room);
  bool grow(std::size_t whole);
  bool take_from(char* space, std::size_t size);

  std::array<Free*, kClasses> free_ = {};
  char* rest_ = nullptr;
  std::size_t rest_size_ = 0;
  bool has_refused_ = false,
       has_used_reserve_ = false;  // zeroes are in .bss and take no page of the file
  alignas(16) std::array<char, std::size_t{64} << 10> reserve_ = {};
};

}  // namespace berth::libc
