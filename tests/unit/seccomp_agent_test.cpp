// What berth accepts of init when it hands over the listener of a seccomp filter.
#include "runtime/seccomp/agent.h"

#include <unistd.h>

#include <catch2/catch.hpp>

namespace berth::seccomp {
namespace {

std::vector<sys::Fd> descriptors(int count) {
  std::vector<sys::Fd> fds;
  fds.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) fds.emplace_back(::dup(STDIN_FILENO));
  return fds;
}

TEST_CASE("a listener without an agent, and more or less than one, are init's fault") {
  const plan::SeccompAgent agent{.path = "/nowhere/agent", .metadata = {}};
  CHECK_THROWS_WITH(send_to_agent({}, {}, 1, descriptors(1)), Catch::Contains("nobody asked for"));
  CHECK_THROWS_WITH(send_to_agent(agent, {}, 1, descriptors(0)), Catch::Contains("0 descriptors"));
  CHECK_THROWS_WITH(send_to_agent(agent, {}, 1, descriptors(2)), Catch::Contains("2 descriptors"));
  // The one that was expected goes to the agent, who is not there.
  CHECK_THROWS_WITH(send_to_agent(agent, {}, 1, descriptors(1)), Catch::Contains("/nowhere/agent"));
}

}  // namespace
}  // namespace berth::seccomp
