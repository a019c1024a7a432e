#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/libc/heap.h"

namespace berth::libc {
namespace {

bool is_aligned(void* block) { return reinterpret_cast<std::uintptr_t>(block) % 16 == 0; }

/// What a test believes to be in a block.
struct Held {
  char* block;
  std::size_t size;
  char filling;

  bool is_whole() const {
    return std::string(block, size) == std::string(size, filling) && is_aligned(block);
  }
};

Held hold(void* block, std::size_t size, char filling) {
  std::memset(block, filling, size);
  return {.block = static_cast<char*>(block), .size = size, .filling = filling};
}

TEST_CASE("heap: blocks of every size are aligned and do not touch each other") {
  Heap heap;
  std::vector<Held> held;
  for (std::size_t size = 0; size < 5000; size += size < 300 ? 1 : 97) {
    held.push_back(hold(heap.allocate(size), size, static_cast<char>(size)));
  }
  for (const std::size_t size : {24575u, 24576u, 24577u, 32768u, 65560u, 1u << 20}) {
    held.push_back(hold(heap.allocate(size), size, 'x'));
  }
  for (const Held& one : held) {
    CHECK(one.is_whole());
    heap.release(one.block);
  }
}

/// In a process that gets no page more; its exit code is how often it was refused before the heap
/// had a small block again, or 100.
int refusals_without_memory() {
  Heap heap;
  void* first = heap.allocate(16);
  const rlimit nothing{.rlim_cur = 0, .rlim_max = 0};
  if (first == nullptr || setrlimit(RLIMIT_DATA, &nothing) != 0) return 100;
  while (heap.allocate(1000) != nullptr) {
  }
  int refusals = 1;
  while (refusals < 100 && heap.allocate(1000) == nullptr) ++refusals;
  // It does not last for ever.
  for (int i = 0; i < 100; ++i) {
    if (heap.allocate(1000) == nullptr) return refusals;
  }
  return 100;
}

TEST_CASE("heap: after a refusal there is enough memory left to report it") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(refusals_without_memory());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE(
    "heap: a block that is too large is refused, and takes nothing of what is left for words") {
  Heap heap;
  CHECK(heap.allocate(std::size_t{1} << 62) == nullptr);
  CHECK(errno == ENOMEM);
  CHECK(heap.allocate(16) != nullptr);
}

TEST_CASE("heap: what was released is taken again for the same size") {
  Heap heap;
  const std::size_t size = GENERATE(1u, 16u, 17u, 128u, 129u, 1000u, 24576u);
  void* first = heap.allocate(size);
  void* second = heap.allocate(size);
  heap.release(first);
  heap.release(second);
  CHECK(heap.allocate(size) == second);
  CHECK(heap.allocate(size) == first);
  heap.release(nullptr);
}

TEST_CASE("heap: a larger block has what the smaller one had") {
  Heap heap;
  Held held = hold(heap.allocate(10), 10, 'a');
  for (const std::size_t size : {16u, 17u, 500u, 40000u, 100000u}) {
    held.block = static_cast<char*>(heap.resize(held.block, size));
    CHECK(held.is_whole());
    held = hold(held.block, size, static_cast<char>(held.filling + 1));
  }
  held.block = static_cast<char*>(heap.resize(held.block, 5));
  held.size = 5;
  CHECK(held.is_whole());
  heap.release(held.block);
}

TEST_CASE("heap: a block of an impossible size is refused") {
  Heap heap;
  for (const std::size_t size : {SIZE_MAX, std::size_t{PTRDIFF_MAX}, SIZE_MAX - 4096}) {
    errno = 0;
    CHECK(heap.allocate(size) == nullptr);
    CHECK(errno == ENOMEM);
  }
}

TEST_CASE("heap: a random life") {
  Heap heap;
  std::vector<Held> held;
  std::mt19937 random(7);  // always the same life
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t size = random() % (random() % 50 == 0 ? 100'000 : 600);
    const bool grows = held.size() < 20 || random() % 2 == 0;
    if (grows) {
      held.push_back(hold(heap.allocate(size), size, static_cast<char>(step)));
      continue;
    }
    std::swap(held[random() % held.size()], held.back());
    REQUIRE(held.back().is_whole());
    heap.release(held.back().block);
    held.pop_back();
  }
  for (const Held& one : held) heap.release(one.block);
}

}  // namespace
}  // namespace berth::libc
