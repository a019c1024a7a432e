#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/namespaces/net_devices.h"

namespace berth::plan {
namespace {

spec::Config with_devices(std::map<std::string, spec::NetDevice> devices) {
  spec::Config config = with_namespaces({{"network", GENERATE("", "/joined")}});
  config.linux.net_devices = std::move(devices);
  return config;
}

TEST_CASE("ND-1: every device is looked at before anything is made") {
  Workbench bench;
  compile_net_device_checks(with_devices({{"eth0", {}}, {"eth1", {.name = "x"}}}), bench.builder);
  CHECK(bench.problems.empty());
  CHECK(bench.lines() == Lines{"host check_net_device name='eth0' <- /linux/netDevices/eth0",
                               "host check_net_device name='eth1' <- /linux/netDevices/eth1"});
}

TEST_CASE("ND-1 ND-2: all names are looked at before the first device is moved") {
  Workbench bench;
  compile_net_devices(with_devices({{"eth0", {}}, {"e~/1", {.name = "net%d"}}}), bench.builder);
  CHECK(bench.lines() ==
        Lines{"host check_net_device name='eth0' new_name='eth0' <- /linux/netDevices/eth0",
              "host check_net_device name='e~/1' new_name='net%d' <- /linux/netDevices/e~0~11",
              "host move_net_device name='eth0' new_name='eth0' <- /linux/netDevices/eth0",
              "host move_net_device name='e~/1' new_name='net%d' <- /linux/netDevices/e~0~11"});
}

TEST_CASE("ND-2: two devices of one name are a problem, two of one pattern are not") {
  Workbench bench;
  compile_net_device_checks(with_devices({{"a", {.name = "net%d"}},
                                          {"b", {.name = "net%d"}},
                                          {"c", {.name = "x"}},
                                          {"d", {.name = "x"}},
                                          {"x", {}}}),
                            bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/netDevices/d/name", "/linux/netDevices/x"});
}

TEST_CASE("ND-2: a percent sign stands in a %d at the end alone") {
  Workbench bench;
  compile_net_device_checks(
      with_devices({{"a", {.name = "x%dy"}}, {"b", {.name = "x%"}}, {"c", {.name = "%d%d"}}}),
      bench.builder);
  CHECK(bench.pointers() ==
        Lines{"/linux/netDevices/a/name", "/linux/netDevices/b/name", "/linux/netDevices/c/name"});
}

TEST_CASE("ND-1: devices cannot be moved to the host's network namespace") {
  spec::Config config = with_devices({{"eth0", {}}});
  config.linux.namespaces = {{"pid", ""}};
  Workbench bench;
  compile_net_device_checks(config, bench.builder);
  CHECK(bench.pointers() == Lines{"/linux/netDevices"});
}

TEST_CASE("ND-1: without devices there is nothing to do") {
  Workbench bench;
  compile_net_device_checks({}, bench.builder);
  compile_net_devices({}, bench.builder);
  CHECK(bench.lines().empty());
  CHECK(bench.problems.empty());
}

}  // namespace
}  // namespace berth::plan
