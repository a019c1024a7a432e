// malloc(3) for a process of one thread that lives for a millisecond, or sleeps beside a container:
// blocks are cut off a piece of memory that came in one call with all its pages, and go back to a
// list of their size. Who is refused memory has yet to say so, and to undo what it has done: a
// little is kept for that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace berth::libc {

class Heap {
 public:
  /// At least `size` bytes, aligned to 16. Null and ENOMEM when there is no memory.
  void* allocate(std::size_t size);
  /// Null is nothing. What is not in use here, any more or at all, ends the process.
  void release(void* block);
  /// As realloc(3), for a block in use.
  void* resize(void* block, std::size_t size);

 private:
  static constexpr std::size_t kLargest = std::size_t{32} << 10;  ///< more gets pages of its own
  static constexpr std::size_t kClasses = 40;

  /// In front of each block.
  struct alignas(16) Header {
    std::size_t room;
    std::uint64_t state;
  };
  /// In place of what a free block held.
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
  bool take_from(char* pages, std::size_t size);

  std::array<Free*, kClasses> free_ = {};
  char* rest_ = nullptr;
  std::size_t rest_size_ = 0;
  bool has_refused_ = false, has_used_reserve_ = false;  // all zero: in .bss, no page of a file
  alignas(16) std::array<char, std::size_t{16} << 10> reserve_ = {};
};

}  // namespace berth::libc
