#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/container/verbs/spec.h"
#include "tests/unit/temporary_directory.h"

namespace berth::container {
namespace {

TEST_CASE("spec masks the thermal counters of every processor that has some (MK-1)") {
  const TemporaryDirectory cpu;
  for (const char* name : {"cpu1/thermal_throttle", "cpu0/thermal_throttle", "cpu2", "cpufreq"}) {
    std::filesystem::create_directories(cpu / name);
  }
  CHECK(thermal_masks(cpu.path()) ==
        std::vector<std::string>{cpu / "cpu0/thermal_throttle", cpu / "cpu1/thermal_throttle"});
  CHECK(thermal_masks(cpu / "none").empty());
}

}  // namespace
}  // namespace berth::container
