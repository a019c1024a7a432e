// Words of tables, from an empty one to one that fills its place.
#include <catch2/catch.hpp>
#include <string_view>

#include "spec/short_text.h"

namespace berth {
namespace {

using namespace std::string_view_literals;

std::string_view text_of(std::string_view text) { return text; }

TEST_CASE("a short text is its literal, whose NUL follows, however much of its place is left") {
  constexpr ShortText<4> full("abc"), part("ab"), none("");
  CHECK(text_of(full) == "abc");
  CHECK(text_of(part) == "ab");
  CHECK(text_of(none).empty());
  CHECK(text_of(full).data()[3] == '\0');
  CHECK(text_of(part).data()[2] == '\0');
  CHECK(text_of(none).data()[0] == '\0');
  constexpr ShortText<256> largest("");
  CHECK(text_of(largest).empty());
}

TEST_CASE("a short text is neither a part of another text nor one with a NUL more") {
  constexpr ShortText<8> word("ro");
  CHECK(word == "ro"sv);
  CHECK_FALSE(word == "r"sv);
  CHECK_FALSE(word == "rw"sv);
  CHECK_FALSE(word == "ro\0"sv);
  CHECK_FALSE(word == "rox"sv);
  CHECK_FALSE(word == ""sv);
}

}  // namespace
}  // namespace berth
