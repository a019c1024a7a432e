// A word in a table of constants.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace berth {

/// A short literal that is stored in its place, and not behind a pointer: each start of berth has
/// to relocate the pointers of its tables, and so to copy their pages. A literal that does not fit
/// does not compile.
template <std::size_t kRoom>
class ShortText {
 public:
  template <std::size_t kSize>
  // NOLINTNEXTLINE(google-explicit-constructor): rows are written with plain literals
  consteval ShortText(const char (&literal)[kSize]) {
    static_assert(kSize <= kRoom && kRoom <= 256);
    std::copy_n(literal, kSize, text_);
    text_[kRoom - 1] = static_cast<char>(kRoom - kSize);
  }

  // NOLINTNEXTLINE(google-explicit-constructor): it is used as the text that it is
  constexpr operator std::string_view() const { return {text_, size()}; }  // a NUL follows

  friend constexpr bool operator==(const ShortText& one, std::string_view other) {
    return one.size() == other.size() && std::string_view(one) == other;
  }

 private:
  constexpr std::size_t size() const {
    return kRoom - 1 - static_cast<unsigned char>(text_[kRoom - 1]);
  }

  /// The last byte says how much room is left, so it is the NUL of a text that fills the room.
  char text_[kRoom] = {};
};

}  // namespace berth
