#include "tests/integration/harness/systemd.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/files.h"

namespace berth::test {

bool has_systemd() { return std::filesystem::exists("/run/systemd/system"); }

bool is_skipped() {
  if (has_systemd() && cgroup_mountpoints().size() == 1) return false;
  skip("no systemd with cgroup v2 here");
  return true;
}

std::string systemctl(std::vector<std::string> args) {
  args.insert(args.begin(), "systemctl");
  const Outcome outcome = run_command({.argv = args});
  CHECK_THAT(outcome, Succeeds());
  return outcome.out.substr(0, outcome.out.find_last_not_of('\n') + 1);
}

std::string unit_of(const std::string& id) { return "berth-" + id + ".scope"; }

std::string property(const std::string& unit, const std::string& name) {
  return systemctl({"show", "--value", "--property", name, unit});
}

std::string units() {
  return systemctl({"list-units", "--all", "--plain", "--no-legend", "*" + Runtime::tag() + "*"});
}

Systemd::~Systemd() {
  if (has_systemd()) CHECK(units().empty());
}

Command Systemd::create_command(const Bundle& bundle, const std::string& id) {
  return runtime().command({kFlag, "create", "--bundle", bundle.directory(), id});
}

void Systemd::create(const Bundle& bundle, Container& box) {
  REQUIRE_THAT(run_command(create_command(bundle, box.id())), Succeeds());
  box.adopt();
}

std::string in_cgroup(const std::string& id, const std::string& file) {
  const std::string text = read_file("/sys/fs/cgroup/system.slice/" + unit_of(id) + "/" + file);
  return text.substr(0, text.find('\n'));
}

Bundle& with_limits(Bundle& bundle) {
  bundle.script("exec sleep 1000");
  bundle.set("/linux/resources/memory", R"({"limit": 67108864, "reservation": 33554432})");
  bundle.set("/linux/resources/cpu", R"({"quota": 25000, "period": 50000, "cpus": "0"})");
  return bundle.set("/linux/resources/pids", R"({"limit": 7})");
}

void check_limits(const std::string& id) {
  CHECK(in_cgroup(id, "memory.max") == "67108864");
  CHECK(in_cgroup(id, "memory.low") == "33554432");
  CHECK(in_cgroup(id, "cpu.max") == "25000 50000");
  CHECK(in_cgroup(id, "cpuset.cpus") == "0");
  CHECK(in_cgroup(id, "pids.max") == "7");
}

}  // namespace berth::test
