#include "spec/config/semver.h"

#include <catch2/catch.hpp>
#include <string>

namespace berth::spec {
namespace {

TEST_CASE("CF-VER-1: versions are ordered by numbers, and a pre-release precedes its release") {
  const auto [version, is_older] = GENERATE(table<std::string, bool>({
      {"1.0.0", true},
      {"1.0.2-dev", true},
      {"1.2.1", true},
      {"1.2.99+dev", true},
      {"1.3.0-rc.1", true},
      {"1.3.0-dev+build", true},
      {"1.3.0", false},
      {"1.3.0+dev-1", false},
      {"1.3.1-rc.1", false},
      {"1.4.0-dev", false},
      {"1.10.0", false},
      {"", true},
  }));
  CAPTURE(version);
  CHECK(is_older_than_minor(version, 3) == is_older);
}

}  // namespace
}  // namespace berth::spec
