// memcpy(3), memmove(3) and memcmp(3): nearly all that berth copies is shorter than a line, where a
// string instruction takes longer to begin than to copy. x86_64
#pragma once

#include <cstddef>
#include <cstdint>

namespace berth::libc {

namespace copying {

using Sixteen [[gnu::vector_size(16)]] = unsigned char;

/// One machine word, from anywhere to anywhere.
template <class Word>
inline Word load(const char* from) {
  Word word;
  __builtin_memcpy(&word, from, sizeof word);
  return word;
}
template <class Word>
inline void store(char* to, Word word) {
  __builtin_memcpy(to, &word, sizeof word);
}

/// Of one or two words' length: they may overlap.
template <class Word>
inline void copy_ends(char* to, const char* from, std::size_t size) {
  const Word first = load<Word>(from), last = load<Word>(from + size - sizeof(Word));
  store(to, first);
  store(to + size - sizeof(Word), last);
}

inline void copy_short(char* to, const char* from, std::size_t size) {
  if (size >= 8) return copy_ends<std::uint64_t>(to, from, size);
  if (size >= 4) return copy_ends<std::uint32_t>(to, from, size);
  if (size >= 2) return copy_ends<std::uint16_t>(to, from, size);
  if (size == 1) *to = *from;
}

/// More than 16 bytes, from the first to the last. The last sixteen are read before, for they may
/// be written over: `to` may be a little below `from`.
inline void copy_forward(char* to, const char* from, std::size_t size) {
  const auto last = load<Sixteen>(from + size - sizeof(Sixteen));
  for (std::size_t at = 0; at + sizeof(Sixteen) < size; at += sizeof(Sixteen)) {
    store(to + at, load<Sixteen>(from + at));
  }
  store(to + size - sizeof(Sixteen), last);
}

/// The same from the last to the first: `to` may be a little above.
inline void copy_backward(char* to, const char* from, std::size_t size) {
  const auto first = load<Sixteen>(from);
  for (std::size_t at = size; at > sizeof(Sixteen); at -= sizeof(Sixteen)) {
    store(to + at - sizeof(Sixteen), load<Sixteen>(from + at - sizeof(Sixteen)));
  }
  store(to, first);
}

}  // namespace copying

inline void copy(char* to, const char* from, std::size_t size) {
  constexpr std::size_t kShort = sizeof(copying::Sixteen), kLong = 512;
  if (size <= kShort) return copying::copy_short(to, from, size);
  if (size <= kLong) return copying::copy_forward(to, from, size);
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

inline void move(char* to, const char* from, std::size_t size) {
  const auto distance =
      reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from);
  if (size <= sizeof(copying::Sixteen)) return copying::copy_short(to, from, size);
  if (distance < size) return copying::copy_backward(to, from, size);
  copying::copy_forward(to, from, size);
}

/// As memcmp(3): the first byte that differs decides.
inline int compare(const char* one, const char* other, std::size_t size) {
  using Word = std::uint64_t;
  for (; size >= sizeof(Word); size -= sizeof(Word), one += sizeof(Word), other += sizeof(Word)) {
    // Numbers whose first byte weighs most compare like the bytes.
    const Word first = __builtin_bswap64(copying::load<Word>(one));
    const Word second = __builtin_bswap64(copying::load<Word>(other));
    if (first != second) return first < second ? -1 : 1;
  }
  for (; size > 0; --size, ++one, ++other) {
    const auto first = static_cast<unsigned char>(*one),
               second = static_cast<unsigned char>(*other);
    if (first != second) return first < second ? -1 : 1;
  }
  return 0;
}

}  // namespace berth::libc
