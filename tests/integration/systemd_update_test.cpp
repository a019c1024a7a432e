// update of a container in a scope: the unit and the kernel keep the same limits.
// A machine for these tests: ./dev test vm '[systemd]'.
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/systemd.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Systemd, "UP-03 V2-21: update changes the unit, too, and daemon-reload keeps that",
                 "[systemd][cgroups][update][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  Container box(*this, with_limits(bundle));
  create(bundle, box);
  box.start();
  CHECK_THAT(call({"update", "--memory", "134217728", "--pids-limit", "9", "--cpu-quota", "10000",
                   "--cpuset-cpus", "0", box.id()}),
             Succeeds());
  const std::string unit = unit_of(box.id());
  CHECK(property(unit, "MemoryMax") == "134217728");
  CHECK(property(unit, "MemoryLow") == "33554432");
  CHECK(property(unit, "TasksMax") == "9");
  CHECK(property(unit, "CPUQuotaPerSecUSec") == "200ms");
  systemctl({"daemon-reload"});
  CHECK(in_cgroup(box.id(), "memory.max") == "134217728");
  CHECK(in_cgroup(box.id(), "memory.low") == "33554432");
  CHECK(in_cgroup(box.id(), "pids.max") == "9");
  CHECK(in_cgroup(box.id(), "cpu.max") == "10000 50000");
}

TEST_CASE_METHOD(Systemd, "UP-03: an update of which systemd refuses a part changes nothing",
                 "[systemd][cgroups][update][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  Container box(*this, with_limits(bundle));
  create(bundle, box);
  // The kernel takes 0 for a limit, systemd does not.
  write_file(place() + "/resources.json",
             R"({"memory": {"limit": 134217728}, "unified": {"pids.max": "0"}})");
  CHECK_THAT(call({"update", "--resources", place() + "/resources.json", box.id()}),
             Fails({unit_of(box.id()), "TasksMax"}));
  check_limits(box.id());
  CHECK(property(unit_of(box.id()), "MemoryMax") == "67108864");
  CHECK(property(unit_of(box.id()), "TasksMax") == "7");
}

TEST_CASE_METHOD(Systemd, "V2-23: memory.oom.group stays what the config says",
                 "[systemd][cgroups][update][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  with_limits(bundle).set("/linux/resources/unified", R"({"memory.oom.group": "1"})");
  Container box(*this, bundle);
  create(bundle, box);
  CHECK(in_cgroup(box.id(), "memory.oom.group") == "1");
  box.start();
  const auto update = [&](const std::string& resources) {
    write_file(place() + "/resources.json", resources);
    return call({"update", "--resources", place() + "/resources.json", box.id()});
  };
  CHECK_THAT(update(R"({"memory": {"limit": 134217728}, "unified": {"memory.oom.group": "1"}})"),
             Succeeds());
  CHECK(in_cgroup(box.id(), "memory.max") == "134217728");
  CHECK(in_cgroup(box.id(), "memory.oom.group") == "1");
  systemctl({"daemon-reload"});
  CHECK(in_cgroup(box.id(), "memory.oom.group") == "1");
  CHECK_THAT(update(R"({"unified": {"memory.oom.group": "0"}})"),
             Fails({"/unified/memory.oom.group", "OOMPolicy"}));
  CHECK(in_cgroup(box.id(), "memory.oom.group") == "1");
}

TEST_CASE_METHOD(Systemd, "V2-23: a container that is no longer idle stays so",
                 "[systemd][cgroups][update][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  with_limits(bundle).set("/linux/resources/cpu/idle", "1");
  Container box(*this, bundle);
  create(bundle, box);
  CHECK(in_cgroup(box.id(), "cpu.idle") == "1");
  CHECK_THAT(call({"update", "--cpu-idle", "0", box.id()}), Succeeds());
  systemctl({"daemon-reload"});
  CHECK(in_cgroup(box.id(), "cpu.idle") == "0");
  CHECK(in_cgroup(box.id(), "cpu.weight") == "100");
  CHECK_THAT(call({"update", "--cpu-share", "512", box.id()}), Succeeds());
  const std::string weight = in_cgroup(box.id(), "cpu.weight");
  CHECK_THAT(call({"update", "--cpu-idle", "0", box.id()}), Succeeds());
  systemctl({"daemon-reload"});
  CHECK(in_cgroup(box.id(), "cpu.weight") == weight);
}

TEST_CASE_METHOD(Systemd, "UP-03: an update whose device program is refused changes no property",
                 "[systemd][devices][update][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle();
  Container box(*this, with_limits(bundle));
  create(bundle, box);
  write_file(place() + "/resources.json",
             R"({"memory": {"limit": 134217728},
                 "devices": [{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]})");
  Command command =
      runtime().command({"update", "--resources", place() + "/resources.json", box.id()});
  // The kernel refuses to load the program, or, with more capabilities, to name the one that is
  // attached.
  const auto missing = GENERATE(as<std::vector<int>>(), std::vector{CAP_SYS_ADMIN},
                                std::vector{CAP_SYS_ADMIN, CAP_BPF, CAP_NET_ADMIN});
  command.prepare = [&] {
    for (const int capability : missing) {
      if (prctl(PR_CAPBSET_DROP, capability) != 0) _exit(98);
    }
  };
  CHECK_THAT(run_command(command), Fails({"BPF"}));
  check_limits(box.id());
  CHECK(property(unit_of(box.id()), "MemoryMax") == "67108864");
  systemctl({"daemon-reload"});
  check_limits(box.id());
}

TEST_CASE_METHOD(Systemd, "DV-17: updated device rules are in force before and after daemon-reload",
                 "[systemd][devices][update][berth]") {
  if (is_skipped()) return;
  Bundle bundle = new_bundle().script("exec sleep 1000");
  bundle.set("/linux/devices",
             R"([{"path": "/dev/messages", "type": "c", "major": 1, "minor": 11}])");
  Container box(*this, bundle);
  create(bundle, box);
  box.start();
  const auto reads = [&] { return call({"exec", box.id(), "head", "-c", "1", "/dev/messages"}); };
  CHECK(reads().status != 0);
  write_file(place() + "/resources.json",
             R"({"devices": [{"allow": false, "access": "rwm"},
                 {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]})");
  CHECK_THAT(call({"update", "--resources", place() + "/resources.json", box.id()}), Succeeds());
  CHECK_THAT(reads(), Succeeds());
  systemctl({"daemon-reload"});
  CHECK_THAT(reads(), Succeeds());
}

}  // namespace
}  // namespace berth::test
