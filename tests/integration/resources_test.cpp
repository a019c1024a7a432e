// Every property of linux.resources that this kernel has, as the kernel's file shows it; the others
// are refused at their property. cgroups_test.cpp has the limits that every kernel has.
#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

struct File {
  const char* controller;  ///< null: this version has nothing like it
  std::string name;
  std::string line;
};

struct Property {
  const char* pointer;  ///< below /linux/resources
  std::string json;
  File v1, v2;
};

/// A block device of this machine, as MAJOR:MINOR.
std::string block_device() {
  for (const std::string& name : names_in("/sys/block")) {
    const auto size = read_file_if_exists("/sys/block/" + name + "/size");
    if (size && *size != "0\n") return lines_of(read_file("/sys/block/" + name + "/dev")).front();
  }
  return {};
}

std::string throttled(const std::string& device, const std::string& rate) {
  const std::size_t colon = device.find(':');
  return R"([{"major": )" + device.substr(0, colon) + R"(, "minor": )" + device.substr(colon + 1) +
         R"(, "rate": )" + rate + "}]";
}

std::optional<File> file_on_this_machine(const Property& property) {
  for (const bool is_v2 : {false, true}) {
    const File& file = is_v2 ? property.v2 : property.v1;
    if (file.controller == nullptr) continue;
    const auto directory = cgroup_directory(0, file.controller);
    if (directory && directory->unified == is_v2) return file;
  }
  return std::nullopt;
}

/// The pointer of the property, and what the error says if this machine has no such thing.
void check_refused(const Property& property, const Outcome& outcome) {
  CHECK_THAT(outcome, Fails({std::string("/linux/resources") + property.pointer}));
  const bool names_what_lacks = contains(outcome.err, "this kernel has no '") ||
                                contains(outcome.err, "' controller") ||
                                contains(outcome.err, "cgroup v2 has no such setting") ||
                                contains(outcome.err, "passes no controller on");
  CHECK(names_what_lacks);
  // A file that berth calls by a wrong name is not one that the kernel lacks.
  const auto file = file_on_this_machine(property);
  const auto own = file ? cgroup_directory(0, file->controller) : std::nullopt;
  if (own && contains(outcome.err, "this kernel has no '"))
    CHECK_FALSE(std::filesystem::exists(own->path + "/" + file->name));
  skip(std::string("this machine has no ") + property.pointer);
}

void check_property(Machine& machine, const Property& property) {
  INFO(property.pointer << " " << property.json);
  Bundle bundle = machine.new_bundle();
  bundle.set(std::string("/linux/resources") + property.pointer, property.json);
  Container box(machine, bundle);
  const Outcome outcome = box.try_create();
  if (outcome.status != 0) return check_refused(property, outcome);
  const auto file = file_on_this_machine(property);
  REQUIRE(file);
  const auto directory = cgroup_directory(box.pid(), file->controller);
  REQUIRE(directory);
  const std::vector<std::string> lines = lines_of(read_file(directory->path + "/" + file->name));
  CHECK_THAT(lines, Catch::VectorContains(file->line));
}

void check_all(Machine& machine, const std::vector<Property>& properties) {
  for (const Property& property : properties) check_property(machine, property);
}

std::vector<Property> memory_properties() {
  return {{"/memory/swappiness", "10", {"memory", "memory.swappiness", "10"}, {}},
          {"/memory/disableOOMKiller",
           "true",
           {"memory", "memory.oom_control", "oom_kill_disable 1"},
           {}},
          {"/memory/kernelTCP",
           "8388608",
           {"memory", "memory.kmem.tcp.limit_in_bytes", "8388608"},
           {}}};
}

TEST_CASE_METHOD(Machine,
                 "swappiness, the OOM killer and buffers of TCP are in the kernel's files "
                 "(RS-MEM-1 RS-MEM-2)",
                 "[cgroups]") {
  check_all(*this, memory_properties());
}

std::vector<Property> cpu_properties() {
  return {{"/cpu",
           R"({"quota": 20000, "burst": 10000})",
           {"cpu", "cpu.cfs_burst_us", "10000"},
           {"cpu", "cpu.max.burst", "10000"}},
          {"/cpu", R"({"idle": 1})", {"cpu", "cpu.idle", "1"}, {"cpu", "cpu.idle", "1"}},
          {"/cpu", R"({"realtimePeriod": 500000})", {"cpu", "cpu.rt_period_us", "500000"}, {}}};
}

TEST_CASE_METHOD(Machine, "burst and idle are in the kernel's files (RS-CPU-1 RS-CPU-2)",
                 "[cgroups][berth]") {
  check_all(*this, cpu_properties());
}

/// None without a block device.
std::vector<Property> block_properties() {
  const std::string device = block_device();
  if (device.empty()) return {};
  const auto limit = [&](const char* property, const char* v1_file, const std::string& v2_line) {
    return Property{property,
                    throttled(device, "1048576"),
                    {"blkio", v1_file, device + " 1048576"},
                    {"io", "io.max", device + " " + v2_line}};
  };
  return {limit("/blockIO/throttleReadBpsDevice", "blkio.throttle.read_bps_device",
                "rbps=1048576 wbps=max riops=max wiops=max"),
          limit("/blockIO/throttleWriteBpsDevice", "blkio.throttle.write_bps_device",
                "rbps=max wbps=1048576 riops=max wiops=max"),
          limit("/blockIO/throttleReadIOPSDevice", "blkio.throttle.read_iops_device",
                "rbps=max wbps=max riops=1048576 wiops=max"),
          limit("/blockIO/throttleWriteIOPSDevice", "blkio.throttle.write_iops_device",
                "rbps=max wbps=max riops=max wiops=1048576"),
          {"/blockIO/leafWeight", "200", {"blkio", "blkio.leaf_weight", "200"}, {}}};
}

TEST_CASE_METHOD(Machine,
                 "limits and weights of block devices are in the kernel's files (RS-BIO-1)",
                 "[cgroups]") {
  if (block_device().empty()) return skip("no block device");
  check_all(*this, block_properties());
}

TEST_CASE_METHOD(Machine, "the weight goes to the file that the kernel's scheduler has (RS-BIO-1)",
                 "[cgroups]") {
  const Property weight{"/blockIO/weight", "200", {}, {}};
  Container box(*this, new_bundle().set("/linux/resources/blockIO", R"({"weight": 200})"));
  const Outcome outcome = box.try_create();
  if (outcome.status != 0) return check_refused(weight, outcome);
  const auto v1 = cgroup_directory(box.pid(), "blkio"), v2 = cgroup_directory(box.pid(), "io");
  REQUIRE((v1 || v2));
  const std::string directory = v1 ? v1->path : v2->path;
  // The first that there is.
  for (const auto& [name, line] : {std::pair("blkio.weight", "200"),
                                   {"blkio.bfq.weight", "200"},
                                   {"io.bfq.weight", "default 200"},
                                   {"io.weight", "default 1920"}}) {
    const auto text = read_file_if_exists(directory + "/" + name);
    if (!text) continue;
    CHECK_THAT(lines_of(*text), Catch::VectorContains(std::string(line)));
    return;
  }
  FAIL("no file of a weight");
}

std::vector<Property> hugepage_properties() {
  return {{"/hugepageLimits",
           R"([{"pageSize": "2MB", "limit": 4194304}])",
           {"hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes", "4194304"},
           {"hugetlb", "hugetlb.2MB.rsvd.max", "4194304"}}};
}

TEST_CASE_METHOD(Machine, "limits of huge pages are those of reservations (RS-HUG-1 RS-HUG-2)",
                 "[cgroups][berth]") {
  check_all(*this, hugepage_properties());
}

std::vector<Property> network_properties() {
  return {{"/network/classID", "1048577", {"net_cls", "net_cls.classid", "1048577"}, {}},
          {"/network/priorities",
           R"([{"name": "lo", "priority": 5}])",
           {"net_prio", "net_prio.ifpriomap", "lo 5"},
           {}}};
}

TEST_CASE_METHOD(Machine,
                 "networks and RDMA have their limits, or are refused (RS-NET-1 RS-RDMA-1)",
                 "[cgroups][berth]") {
  check_all(*this, network_properties());
  Bundle bundle = new_bundle().set("/linux/resources/rdma", R"({"no_such": {"hcaHandles": 3}})");
  CHECK_THAT(run(bundle), Fails({"/linux/resources/rdma/no_such"}));
}

TEST_CASE_METHOD(Machine,
                 "unified is written to v2, and refused without a controller (RS-UNI-1 RS-UNI-2 "
                 "RS-UNI-3)",
                 "[cgroups][berth]") {
  if (!unified_directory(0)) return skip("no cgroup v2");
  Bundle bundle = new_bundle().set("/linux/resources/unified", R"({"cgroup.max.depth": "7"})");
  Container box(*this, bundle);
  box.create();
  CHECK(read_file(unified_directory(box.pid())->path + "/cgroup.max.depth") == "7\n");
  bundle.set("/linux/resources/unified", R"({"nothing.max": "7"})");
  CHECK_THAT(run(bundle), Fails({"/linux/resources/unified/nothing.max", "'nothing' controller"}));
  bundle.set("/linux/resources/unified", R"({"cgroup.no_such_file": "7"})");
  CHECK_THAT(run(bundle), Fails({"/linux/resources/unified/cgroup.no_such_file",
                                 "this kernel has no '", "/cgroup.no_such_file'"}));
}

/// update of a container that was made without the property.
void check_update(Machine& machine, const Property& property) {
  INFO(property.pointer << " " << property.json);
  const auto file = file_on_this_machine(property);
  if (!file) return;
  Bundle bundle = machine.new_bundle();
  Container box(machine, bundle);
  box.create();
  const auto directory = cgroup_directory(box.pid(), file->controller);
  REQUIRE(directory);
  if (!std::filesystem::exists(directory->path + "/" + file->name)) return;
  bundle.set(std::string("/linux/resources") + property.pointer, property.json);
  const std::string document = machine.place() + "/resources.json";
  write_file(document, json::get(bundle.config(), "/linux/resources"));
  CHECK_THAT(box.call("update", {"--resources=" + document}), Succeeds());
  const std::vector<std::string> lines = lines_of(read_file(directory->path + "/" + file->name));
  CHECK_THAT(lines, Catch::VectorContains(file->line));
}

TEST_CASE_METHOD(Machine,
                 "a file of update takes the properties that config.json takes, to the same files "
                 "of the kernel (RS-MEM-1 RS-CPU-1 RS-BIO-1 RS-HUG-1)",
                 "[update][cgroups][berth]") {
  for (const auto& properties : {memory_properties(), cpu_properties(), block_properties(),
                                 hugepage_properties(), network_properties()}) {
    for (const Property& property : properties) check_update(*this, property);
  }
}

TEST_CASE_METHOD(Machine,
                 "what engines send for unset, and runc ignores, refuses no container "
                 "(RS-MEM-1 RS-MEM-2)",
                 "[cgroups]") {
  Bundle bundle = new_bundle()
                      .set("/linux/resources/memory",
                           R"({"limit": 0, "reservation": 0, "swap": 0, "kernel": 0,
                               "kernelTCP": -1, "disableOOMKiller": false, "useHierarchy": true,
                               "checkBeforeUpdate": true})")
                      .set("/linux/resources/cpu", R"({"shares": 0, "quota": 0, "period": 0,
                               "realtimeRuntime": 0, "realtimePeriod": 0, "cpus": "", "mems": ""})")
                      .set("/linux/resources/blockIO", R"({"weight": 0, "leafWeight": 0})");
  CHECK_THAT(run(bundle, "echo fine"), Prints("fine\n"));
}

}  // namespace
}  // namespace berth::test
