// How little memory a container needs: what sets it up is not charged to its limit, but for
// berth-init until the program replaces it.
#include <catch2/catch.hpp>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"

namespace berth::test {
namespace {

constexpr int kKib = 1024, kLargest = 8 << 20;

/// /bin/true under this limit of memory and swap.
Outcome run_within(Machine& machine, Bundle& bundle, int bytes) {
  const std::string limit = std::to_string(bytes);
  bundle.set("/linux/resources/memory", R"({"limit": )" + limit + R"(, "swap": )" + limit + "}");
  return machine.run(bundle);
}

TEST_CASE_METHOD(Machine,
                 "a container with 8 MiB of memory runs /bin/true, and the test prints how little "
                 "is enough (RS-MEM-1)",
                 "[cgroups][memory]") {
  if (!cgroup_directory(0, "memory")) return skip("no controller memory");
  Bundle bundle = new_bundle().args({"/bin/true"});
  REQUIRE_THAT(run_within(*this, bundle, kLargest), Succeeds());
  int too_little = 0, enough = kLargest;
  while (enough - too_little > 64 * kKib) {
    const int middle = (too_little + enough) / 2;
    (run_within(*this, bundle, middle).status == 0 ? enough : too_little) = middle;
  }
  WARN("the smallest limit under which /bin/true ran: " << enough / kKib << " KiB");
}

}  // namespace
}  // namespace berth::test
