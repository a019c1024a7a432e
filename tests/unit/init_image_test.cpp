#include <catch2/catch.hpp>

#include "runtime/launch/init_image.h"
#include "tests/elf_image.h"

namespace berth::launch {
namespace {

TEST_CASE(
    "berth-init is loaded anywhere, bound at once, and has no code that may be written (SR-44)",
    "[launch]") {
  const std::string bytes(reinterpret_cast<const char*>(berth_init_image),
                          static_cast<std::size_t>(berth_init_image_end - berth_init_image));
  const test::ElfImage image(bytes);
  REQUIRE(image.is_elf());
  CHECK(image.is_position_independent());
  CHECK(image.is_static());
  CHECK(image.is_bound_at_once());
  CHECK_FALSE(image.has_executable_stack());
  CHECK_FALSE(image.has_writable_code());
#ifdef __x86_64__
  // One each at the least: those of our own functions.
  CHECK(image.count_in_code(test::kLandingPad) > 10);
  CHECK(image.count_in_code(test::kCanary) > 10);
#endif
}

}  // namespace
}  // namespace berth::launch
