#include "runtime/linux/namespaces/netlink.h"

#include <fcntl.h>
#include <net/if.h>
#include <catch2/catch.hpp>

#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/open_in_child.h"
#include "spec/error.h"

namespace berth::sys {
namespace {

TEST_CASE("ND-1: a network device is found by its name") {
  const auto loopback = NetworkSocket().find("lo");
  REQUIRE(loopback);
  CHECK(loopback->name == "lo");
  CHECK(loopback->is_loopback);
  CHECK(static_cast<unsigned>(loopback->index) == ::if_nametoindex("lo"));
}

TEST_CASE("ND-1: a missing network device is an empty result and not an error") {
  CHECK_FALSE(NetworkSocket().find("no-such-device"));
}

TEST_CASE("ND-3: permanent addresses have a text, a scope and the device's name") {
  const NetworkSocket socket;
  for (const DeviceAddress& address : socket.permanent_addresses(*socket.find("lo"))) {
    INFO(address.text);
    CHECK(address.device == "lo");
    CHECK_FALSE(address.is_global);
    CHECK((address.text == "127.0.0.1/8" || address.text == "::1/128"));
  }
}

TEST_CASE("what is opened aside is ours, and our namespaces stay what they are") {
  const auto own = inode_if_exists("/proc/self/ns/net");
  const Fd opened = open_in_child(0, [] { return open("/proc/self/ns/net", O_RDONLY); });
  CHECK(read_all(open_in_child(0, [] { return open("/proc/version", O_RDONLY); }), "comm").size() >
        1);
  CHECK(opened);
  CHECK(inode_if_exists("/proc/self/ns/net") == own);
}

TEST_CASE("an error of what is opened aside is thrown here") {
  try {
    (void)open_in_child(0, []() -> Fd { fail(ErrorKind::Unsupported, "no"); });
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Unsupported);
    CHECK(error.message() == "no");
  }
}

}  // namespace
}  // namespace berth::sys
