// linux.intelRdt on this machine. What needs a processor with RDT is tested with a directory tree
// in its place: tests/unit/cgroup_rdt_test.cpp.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// Where resctrl is mounted; empty: nowhere.
std::string resctrl() {
  for (const MountEntry& mount : mounts_of(0)) {
    if (mount.type == "resctrl") return mount.mountpoint;
  }
  return {};
}

TEST_CASE_METHOD(Machine, "without resctrl intelRdt is refused, and says what is missing (RDT-1)",
                 "[rdt][berth]") {
  if (!resctrl().empty()) return skip("resctrl is mounted");
  Bundle bundle = new_bundle().set("/linux/intelRdt", R"({"memBwSchema": "MB:0=20"})");
  CHECK_THAT(run(bundle), Fails({"/linux/intelRdt", "resctrl"}));
  bundle.set("/linux/intelRdt", "{}");
  CHECK_THAT(run(bundle), Fails({"/linux/intelRdt", "resctrl"}));
}

TEST_CASE_METHOD(Machine, "a container is in a class of its own until it is deleted (RDT-1 RDT-4)",
                 "[rdt][berth]") {
  const std::string top = resctrl();
  if (top.empty()) return skip("no resctrl: this processor has no RDT, or nobody mounted it");
  Container box(*this, new_bundle().set("/linux/intelRdt", "{}"));
  box.create();
  const std::string group = top + "/" + box.id();
  CHECK(words_of(read_file(group + "/tasks")).at(0) == std::to_string(box.pid()));
  box.start();
  box.stop();
  box.remove();
  CHECK_FALSE(fs::exists(group));
}

}  // namespace
}  // namespace berth::test
