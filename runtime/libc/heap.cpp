#include "runtime/libc/heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace berth::libc {

namespace {

constexpr std::uint64_t kInUse = 0x6265727468757365, kFree = 0x6265727468667265;
constexpr std::size_t kPage = 4096;

// Sizes up to kSmall are multiples of 16 bytes; above, there are four sizes between powers of two.
constexpr std::size_t kStep = 16, kSmall = 128, kSmallClasses = kSmall / kStep;
constexpr unsigned kSmallBits = 7;

std::size_t round_to_pages(std::size_t size) { return (size + kPage - 1) / kPage * kPage; }

char* map_pages(std::size_t size) {
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? nullptr : static_cast<char*>(at);
}

}  // namespace

std::size_t Heap::class_of(std::size_t size) {
  if (size <= kSmall) return size == 0 ? 0 : (size - 1) / kStep;
  const auto bits = static_cast<unsigned>(std::bit_width(size - 1)) - 1;
  return kSmallClasses + std::size_t{bits - kSmallBits} * 4 + (((size - 1) >> (bits - 2)) & 3);
}

std::size_t Heap::room_of(std::size_t index) {
  if (index < kSmallClasses) return (index + 1) * kStep;
  const std::size_t base = kSmall << ((index - kSmallClasses) / 4);
  return base + ((index - kSmallClasses) % 4 + 1) * (base / 4);
}

Heap::Header& Heap::header_of(void* block) { return static_cast<Header*>(block)[-1]; }

void* Heap::start(Header* header, std::size_t room) {
  *header = {.room = room, .state = kInUse};
  return header + 1;
}

void* Heap::allocate(std::size_t size) {
  if (size > kLargest) return allocate_pages(size);
  const std::size_t index = class_of(size);
  Free*& first = free_.at(index);
  if (first == nullptr) return cut(room_of(index));
  void* block = first;
  first = first->next;
  header_of(block).state = kInUse;
  return block;
}

void* Heap::allocate_pages(std::size_t size) {
  constexpr std::size_t kMost = PTRDIFF_MAX - kPage - sizeof(Header);
  if (size > kMost) {
    errno = ENOMEM;
    return nullptr;
  }
  const std::size_t whole = round_to_pages(size + sizeof(Header));
  char* pages = map_pages(whole);
  return pages == nullptr ? nullptr
                          : start(reinterpret_cast<Header*>(pages), whole - sizeof(Header));
}

bool Heap::take_from(char* space, std::size_t size) {
  if (space == nullptr) return false;
  rest_ = space;
  rest_size_ = size;
  return true;
}

bool Heap::grow(std::size_t whole) {
  // A create needs the first size. The kernel provides a page when it is touched, so a smaller
  // program pays for no more than it uses. Under a tight RLIMIT_DATA or RLIMIT_AS a smaller piece
  // may succeed.
  for (const std::size_t usual : {std::size_t{256} << 10, std::size_t{32} << 10, kPage}) {
    const std::size_t size = std::max(usual, round_to_pages(whole));
    if (take_from(map_pages(size), size)) return true;
  }
  // The first refusal becomes an exception, and the reserve serves those that handle it: they read
  // files, so it has room for several blocks of more than a page.
  if (!std::exchange(has_refused_, true)) return false;
  return !std::exchange(has_used_reserve_, true) && take_from(reserve_.data(), reserve_.size());
}

void* Heap::cut(std::size_t room) {
  const std::size_t whole = room + sizeof(Header);
  if (rest_size_ < whole && !grow(whole)) {
    errno = ENOMEM;
    return nullptr;
  }
  auto* header = reinterpret_cast<Header*>(rest_);
  rest_ += whole;
  rest_size_ -= whole;
  return start(header, room);
}

void Heap::release(void* block) {
  if (block == nullptr) return;
  Header& header = header_of(block);
  if (header.state != kInUse) __builtin_trap();
  header.state = kFree;
  if (header.room > kLargest) {
    (void)::munmap(&header, header.room + sizeof header);  // it cannot fail for whole mapped pages
    return;
  }
  Free*& first = free_.at(class_of(header.room));
  first = new (block) Free{first};
}

void* Heap::resize(void* block, std::size_t size) {
  const Header& header = header_of(block);
  if (header.state != kInUse) __builtin_trap();
  if (size <= header.room) return block;
  void* larger = allocate(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, block, header.room);
  release(block);
  return larger;
}

}  // namespace berth::libc
