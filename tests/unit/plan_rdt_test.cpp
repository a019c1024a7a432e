#include <catch2/catch.hpp>

#include "plan_fixture.h"
#include "runtime/compile/cgroup/rdt_steps.h"
#include "tests/unit/mount_ids.h"

namespace berth::plan {
namespace {

struct RdtBench : Workbench {
  RdtBench() { host.cgroups.resctrl = "/r"; }

  Lines lines_for(const spec::IntelRdt& rdt) {
    spec::Config config;
    config.linux.intel_rdt = rdt;
    compile_rdt_groups(config, builder);
    compile_rdt_entry(builder);
    return lines();
  }
};

TEST_CASE("RDT-1: without intelRdt nothing is touched") {
  RdtBench bench;
  compile_rdt_groups({}, bench.builder);
  compile_rdt_entry(bench.builder);
  CHECK(bench.lines().empty());
}

TEST_CASE("RDT-1: intelRdt needs resctrl") {
  RdtBench bench;
  bench.host.cgroups.resctrl.clear();
  (void)bench.lines_for({});
  CHECK(bench.pointers() == Lines{"?/linux/intelRdt"});
}

TEST_CASE("RDT-1 RDT-4: without a class there is one named after the container") {
  RdtBench bench;
  CHECK(bench.lines_for({}) == Lines{"host make_rdt_group path='/r/web1' <- /linux/intelRdt",
                                     "host enter_rdt_group path='/r/web1' <- /linux/intelRdt"});
  CHECK(bench.plan().rdt.is_own);
  CHECK(bench.the<MakeRdtGroup>().use == RdtUse::Share);
}

TEST_CASE("RDT-2: the class / is the default one") {
  RdtBench bench;
  CHECK(bench.lines_for({.clos_id = "/"}) ==
        Lines{"host make_rdt_group path='/r' use='find' <- /linux/intelRdt/closID",
              "host enter_rdt_group path='/r' <- /linux/intelRdt"});
}

TEST_CASE("RDT-3: cache, then bandwidth, then the other schemata, a line each") {
  RdtBench bench;
  CHECK(bench.lines_for({.schemata = {"L2:0=f", "MB:1=50"},
                         .l3_cache_schema = "L3:0=ff",
                         .mem_bw_schema = "MB:0=20"}) ==
        Lines{"host make_rdt_group path='/r/web1' <- /linux/intelRdt",
              "host set_rdt_schema path='/r/web1' line='L3:0=ff' <- /linux/intelRdt/l3CacheSchema",
              "host set_rdt_schema path='/r/web1' line='MB:0=20' <- /linux/intelRdt/memBwSchema",
              "host set_rdt_schema path='/r/web1' line='L2:0=f' <- /linux/intelRdt/schemata/0",
              "host set_rdt_schema path='/r/web1' line='MB:1=50' <- /linux/intelRdt/schemata/1",
              "host enter_rdt_group path='/r/web1' <- /linux/intelRdt"});
}

TEST_CASE("RDT-5: a class without schemata has to be there, one with them is made if it is not") {
  const auto [rdt, use] = GENERATE(table<spec::IntelRdt, RdtUse>({
      {{.clos_id = "gold"}, RdtUse::Find},
      {{.clos_id = "gold", .mem_bw_schema = "MB:0=20"}, RdtUse::Share},
  }));
  RdtBench bench;
  (void)bench.lines_for(rdt);
  CHECK(bench.the<MakeRdtGroup>().use == use);
}

TEST_CASE("RDT-6: a class with a name is not the container's own") {
  RdtBench bench;
  (void)bench.lines_for({.clos_id = "gold"});
  CHECK(bench.plan().rdt.group == "/r/gold");
  CHECK_FALSE(bench.plan().rdt.is_own);
}

TEST_CASE("RDT-7: a monitoring group is made in the class, and entered after it") {
  const auto [class_name, group] = GENERATE(
      table<std::string, std::string>({{"gold", "/r/gold"}, {"/", "/r"}, {"", "/r/web1"}}));
  RdtBench bench;
  const Lines lines = bench.lines_for({.clos_id = class_name, .enable_monitoring = true});
  const std::string monitoring = group + "/mon_groups/web1";
  CHECK(bench.plan().rdt.monitoring == monitoring);
  CHECK(Lines(lines.end() - 3, lines.end()) ==
        Lines{"host make_rdt_group path='" + monitoring +
                  "' use='create' <- /linux/intelRdt/enableMonitoring",
              "host enter_rdt_group path='" + group + "' <- /linux/intelRdt",
              "host enter_rdt_group path='" + monitoring + "' <- /linux/intelRdt"});
}

TEST_CASE("RDT-1: a name that resctrl reserves cannot be a class") {
  RdtBench bench;
  (void)bench.lines_for({.clos_id = GENERATE(as<std::string>(), "info", "mon_groups", "mon_data")});
  CHECK(bench.pointers() == Lines{"/linux/intelRdt/closID"});
}

TEST_CASE("RDT-5: schemata are compared by what they mean") {
  const std::string schemata = "    MB:0=100;1= 20\n    L3:0=00ff;1=f0f\nL3CODE:0=f\n";
  struct Row {
    const char* line;
    bool same;
  };
  const std::vector<Row> rows = {{"L3:0=ff;1=f0f", true},
                                 {"L3:0=FF", true},
                                 {"L3:1=00f0f;0=0ff\n", true},
                                 {"MB: 0 = 100 ; 1=20", true},
                                 {"L3:0=f", false},
                                 {"L3:0=ff;2=ff", false},
                                 {"L3:0=ff;1=ff", false},
                                 {"L2:0=ff", false},
                                 {"L3CODE:0=f", true},
                                 {"L3", false},
                                 {"", false},
                                 {"L3:", false}};
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(has_schema(schemata, row.line) == row.same);
  }
}

TEST_CASE("RDT-1: resctrl is where the mount table has it") {
  CHECK(layout_of("30 25 0:26 / /sys/fs/my\\040rdt rw - resctrl resctrl rw\n", "").resctrl ==
        "/sys/fs/my rdt");
  CHECK(layout_of("30 25 0:26 /gold /mnt rw - resctrl resctrl rw\n", "").resctrl.empty());
  CHECK(layout_of("30 25 0:26 / /mnt rw - tmpfs resctrl rw\n", "").resctrl.empty());
}

}  // namespace
}  // namespace berth::plan
