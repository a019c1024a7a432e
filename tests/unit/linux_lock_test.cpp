#include <catch2/catch.hpp>

#include <fcntl.h>

#include "runtime/linux/file.h"
#include "runtime/linux/lock.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

TEST_CASE("a lock is for one open file at a time and ends with its descriptor") {
  const TemporaryDirectory place;
  Fd first = open(place.path(), O_RDONLY);
  const Fd second = open(place.path(), O_RDONLY);
  CHECK_FALSE(is_locked(second, "place"));
  REQUIRE(lock_file(first, "place", 0));
  CHECK(is_locked(second, "place"));
  CHECK_FALSE(lock_file(second, "place", 5));
  first = {};
  CHECK_FALSE(is_locked(second, "place"));
  CHECK(lock_file(second, "place", 0));
}

TEST_CASE("asking for a lock does not keep another from asking") {
  const TemporaryDirectory place;
  const Fd first = open(place.path(), O_RDONLY);
  const Fd second = open(place.path(), O_RDONLY);
  CHECK_FALSE(is_locked(first, "place"));
  CHECK_FALSE(is_locked(second, "place"));
  CHECK(lock_file(second, "place", 0));
}

}  // namespace
}  // namespace berth::sys
