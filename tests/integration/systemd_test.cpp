// Scopes of systemd: the unit's limits are the kernel's, whatever systemd does meanwhile.
// A machine for these tests: ./dev test vm '[systemd]'.
#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/proc.h"
#include "tests/integration/harness/systemd.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Systemd, "V2-21 V2-23: limits are the unit's, and daemon-reload keeps them",
                 "[systemd][cgroups][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  Container box(*this, with_limits(bundle));
  create(bundle, box);
  check_limits(box.id());
  const std::string unit = unit_of(box.id());
  CHECK(property(unit, "MemoryMax") == "67108864");
  CHECK(property(unit, "MemoryLow") == "33554432");
  CHECK(property(unit, "CPUQuotaPerSecUSec") == "500ms");
  CHECK(property(unit, "CPUQuotaPeriodUSec") == "50ms");
  CHECK(property(unit, "AllowedCPUs") == "0");
  CHECK(property(unit, "TasksMax") == "7");
  CHECK(property(unit, "Delegate") == "yes");
  box.start();
  systemctl({"daemon-reload"});
  check_limits(box.id());
}

TEST_CASE_METHOD(Systemd, "V2-21: the scope is in the slice that cgroupsPath names",
                 "[systemd][cgroups][berth]") {
  if (is_skipped()) return;
  const std::string name = Runtime::tag() + "named";
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/linux/cgroupsPath", "\"berth-a-b.slice:p:" + name + "\"");
  Container box(*this, bundle);
  create(bundle, box);
  CHECK(cgroup_of(box.pid(), "") ==
        "/berth.slice/berth-a.slice/berth-a-b.slice/p-" + name + ".scope");
  box.stop();
  box.remove();
  systemctl({"stop", "berth.slice"});
}

TEST_CASE_METHOD(Systemd, "DV-17: device rules are in force before and after daemon-reload",
                 "[systemd][devices][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/linux/resources/devices",
             R"([{"allow": false, "access": "rwm"},
                 {"allow": true, "type": "c", "major": 1, "minor": 7, "access": "r"}])");
  bundle.set("/linux/devices", R"([{"path": "/dev/fulls", "type": "c", "major": 1, "minor": 7},
                                   {"path": "/dev/messages", "type": "c", "major": 1, "minor": 11}])");
  Container box(*this, bundle);
  create(bundle, box);
  box.start();
  const auto check = [&] {
    const auto reads = [&](const std::string& device) {
      return call({"exec", box.id(), "head", "-c", "1", device}).status;
    };
    CHECK(reads("/dev/zero") == 0);
    CHECK(reads("/dev/fulls") == 0);
    CHECK(reads("/dev/messages") != 0);
    CHECK(call({"exec", box.id(), "sh", "-c", "echo >/dev/fulls"}).status != 0);
  };
  check();
  CHECK(property(unit_of(box.id()), "DevicePolicy") == "strict");
  systemctl({"daemon-reload"});
  check();
}

TEST_CASE_METHOD(Systemd, "V2-21: other verbs find the scope without the flag",
                 "[systemd][exec][pause][kill][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  Container box(*this, bundle);
  create(bundle, box);
  box.start();
  CHECK_THAT(box.call("exec", {"true"}), Succeeds());
  CHECK_THAT(box.call("pause"), Succeeds());
  CHECK(box.status() == "paused");
  CHECK(in_cgroup(box.id(), "cgroup.freeze") == "1");
  CHECK_THAT(box.call("resume"), Succeeds());
  CHECK_THAT(box.call("ps", {"--format=json"}), Prints("[" + std::to_string(box.pid()) + "]\n"));
  box.stop();
  box.remove();
  CHECK(units().empty());
}

TEST_CASE_METHOD(Systemd, "V2-23: a scope's container may have one process",
                 "[systemd][run][cgroups][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().args({"/bin/true"});
  bundle.set("/linux/resources/pids", R"({"limit": 1})");
  CHECK_THAT(call({kFlag, "run", "--bundle", bundle.directory(), runtime().new_id()}), Succeeds());
}

TEST_CASE_METHOD(Systemd,
                 "V2-22: an annotation sets a property, and one that systemd refuses is named",
                 "[systemd][errors][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/annotations", R"({"org.systemd.property.TimeoutStopUSec": "uint64 5000000"})");
  {
    Container box(*this, bundle);
    create(bundle, box);
    CHECK(property(unit_of(box.id()), "TimeoutStopUSec") == "5s");
  }
  bundle.set("/annotations", R"({"org.systemd.property.NoSuchThing": "true"})");
  const std::string id = runtime().new_id();
  CHECK_THAT(run_command(create_command(bundle, id)), Fails({unit_of(id), "NoSuchThing"}));
  CHECK(units().empty());
}

}  // namespace
}  // namespace berth::test
