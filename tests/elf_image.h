// The headers of a program, as elf(5) has them: how it is protected is written there.
#pragma once

#include <elf.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::test {

class ElfImage {
 public:
  explicit ElfImage(std::string bytes) : bytes_(std::move(bytes)), header_(at<Elf64_Ehdr>(0)) {
    for (unsigned i = 0; i < header_.e_phnum; ++i) {
      segments_.push_back(at<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr)));
    }
  }

  bool is_elf() const { return bytes_.compare(0, SELFMAG, ELFMAG) == 0; }
  /// Loaded anywhere: an executable of type ET_EXEC is always at the same place.
  bool is_position_independent() const {
    return header_.e_type == ET_DYN && (dynamic(DT_FLAGS_1).value_or(0) & DF_1_PIE) != 0;
  }
  bool is_static() const { return !segment(PT_INTERP); }
  /// Nothing is looked up later, and what was relocated is read-only then.
  bool is_bound_at_once() const {
    return (dynamic(DT_FLAGS_1).value_or(0) & DF_1_NOW) != 0 && segment(PT_GNU_RELRO).has_value();
  }
  /// The place in the file where that begins which is read-only once it was relocated.
  std::uint64_t relocated_offset() const {
    return segment(PT_GNU_RELRO).value_or(Elf64_Phdr{}).p_offset;
  }
  bool has_executable_stack() const {
    const auto stack = segment(PT_GNU_STACK);
    return !stack || (stack->p_flags & PF_X) != 0;
  }
  bool has_writable_code() const {
    for (const Elf64_Phdr& segment : segments_) {
      const bool is_both = (segment.p_flags & (PF_W | PF_X)) == (PF_W | PF_X);
      if (segment.p_type == PT_LOAD && is_both) return true;
    }
    return false;
  }
  /// How often the instruction stands in the code.
  std::size_t count_in_code(std::string_view instruction) const {
    std::size_t count = 0;
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
      const std::string_view code =
          std::string_view(bytes_).substr(segment.p_offset, segment.p_filesz);
      for (auto found = code.find(instruction); found != std::string_view::npos;
           found = code.find(instruction, found + 1)) {
        ++count;
      }
    }
    return count;
  }

 private:
  template <typename T>
  T at(std::size_t offset) const {
    T value{};
    if (offset + sizeof value <= bytes_.size()) {
      std::memcpy(&value, bytes_.data() + offset, sizeof value);
    }
    return value;
  }

  std::optional<Elf64_Phdr> segment(std::uint32_t type) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == type) return segment;
    }
    return std::nullopt;
  }

  std::optional<std::uint64_t> dynamic(std::int64_t tag) const {
    const auto table = segment(PT_DYNAMIC);
    for (std::size_t i = 0; table && i < table->p_filesz / sizeof(Elf64_Dyn); ++i) {
      const auto entry = at<Elf64_Dyn>(table->p_offset + i * sizeof(Elf64_Dyn));
      if (entry.d_tag == tag) return entry.d_un.d_val;
    }
    return std::nullopt;
  }

  std::string bytes_;
  Elf64_Ehdr header_;
  std::vector<Elf64_Phdr> segments_;
};

#ifdef __x86_64__
/// The begin of a function that may be called through a pointer: endbr64.
inline constexpr std::string_view kLandingPad{"\xf3\x0f\x1e\xfa", 4};
/// What the stack protector does before it returns: sub %fs:0x28,%rax.
inline constexpr std::string_view kCanary{"\x64\x48\x2b\x04\x25\x28\x00\x00\x00", 9};
#endif

}  // namespace berth::test
