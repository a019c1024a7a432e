#include "spec/one_line.h"

#include <catch2/catch.hpp>

namespace berth {
namespace {

TEST_CASE("text of another program becomes one line") {
  CHECK(one_line("\none\r\ntwo\t\x1b[0m \x7f\n") == "one two [0m");
  CHECK(one_line("ü") == "ü");
  CHECK(one_line("\n\n").empty());
}

}  // namespace
}  // namespace berth
