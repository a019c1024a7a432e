// update: what is given is changed, all of it or nothing, and nothing else.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>

#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

using Words = std::vector<std::string>;

/// Some kernels show a limit of huge pages so before the first write to it, and `max` afterwards.
constexpr char kUnsetPages[] = "9223372036854771712";

/// The limits that this machine has, of v1 or of v2, as the kernel shows them.
class Limits {
 public:
  explicit Limits(pid_t pid) {
    for (const auto& [controller, names] : std::map<std::string, Words>{
             {"memory",
              {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.soft_limit_in_bytes",
               "memory.max", "memory.swap.max", "memory.low"}},
             {"cpu",
              {"cpu.shares", "cpu.weight", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.max",
               "cpu.cfs_burst_us", "cpu.max.burst"}},
             {"cpuset", {"cpuset.cpus", "cpuset.mems"}},
             {"pids", {"pids.max"}},
             {"hugetlb", {"hugetlb.2MB.rsvd.max"}}}) {
      if (const auto directory = cgroup_directory(pid, controller)) {
        for (const std::string& name : names) add(directory->path, name);
      }
    }
    if (const auto unified = unified_directory(pid)) {
      for (const char* name : {"cgroup.max.depth", "cgroup.max.descendants", "cgroup.pressure"}) {
        add(unified->path, name);
      }
    }
  }

  bool has(const std::string& name) const { return values_.contains(name); }
  /// The value of the first of these files that there is.
  std::string of(const Words& names) const {
    for (const std::string& name : names) {
      if (has(name)) return values_.at(name);
    }
    return "none";
  }
  const std::map<std::string, std::string>& all() const { return values_; }

 private:
  void add(const std::string& directory, const std::string& name) {
    const auto text = read_file_if_exists(directory + "/" + name);
    if (!text) return;
    const std::string value = text->substr(0, text->find('\n'));
    values_[name] = name.starts_with("hugetlb.") && value == kUnsetPages ? "max" : value;
  }

  std::map<std::string, std::string> values_;
};

/// Whether containers can have all limits here; the view of v2 alone has none of them.
bool has_limits() { return cgroup_directory(0, "memory") && cgroup_directory(0, "cpu"); }

Bundle with_limits(Machine& machine) {
  Bundle bundle = machine.new_bundle();
  if (has_limits()) {
    bundle.set("/linux/resources/memory", R"({"limit": 67108864, "swap": 100663296})")
        .set("/linux/resources/cpu", R"({"shares": 512, "quota": 50000, "period": 200000})")
        .set("/linux/resources/pids", R"({"limit": 50})");
  }
  return bundle.args({"sleep", "1000"});
}

/// `update` with flags and their values, which the harness cannot tell from arguments.
Outcome update(Machine& machine, Container& box, Words words) {
  words.insert(words.begin(), "update");
  words.push_back(box.id());
  return machine.call(words);
}

/// A document of linux.resources.
std::string file_of(Machine& machine, const std::string& json) {
  std::string path = machine.place() + "/resources.json";
  write_file(path, json);
  return path;
}

TEST_CASE_METHOD(Machine, "update changes what is given, and nothing else", "[update][cgroups]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  auto expected = Limits(box.pid()).all();
  CHECK_THAT(update(*this, box, {"--pids-limit", "33"}), Succeeds());
  expected["pids.max"] = "33";
  CHECK(Limits(box.pid()).all() == expected);
  CHECK_THAT(update(*this, box, {"--cpu-share", "2048"}), Succeeds());
  const Limits after(box.pid());
  CHECK(after.of({"cpu.shares", "cpu.weight"}) == (after.has("cpu.shares") ? "2048" : "174"));
  CHECK(after.of({"pids.max"}) == "33");
}

TEST_CASE_METHOD(Machine,
                 "memory and swap are raised and lowered together, in the order that the kernel "
                 "takes (RS-MEM-1)",
                 "[update][cgroups]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  for (const auto& [memory, swap, alone] :
       {std::tuple{134217728, 268435456, 134217728}, {33554432, 50331648, 16777216}}) {
    CHECK_THAT(update(*this, box,
                      {"--memory", std::to_string(memory), "--memory-swap", std::to_string(swap)}),
               Succeeds());
    const Limits now(box.pid());
    CHECK(now.of({"memory.limit_in_bytes", "memory.max"}) == std::to_string(memory));
    CHECK(now.of({"memory.memsw.limit_in_bytes", "memory.swap.max"}) ==
          std::to_string(now.has("memory.max") ? alone : swap));
  }
}

TEST_CASE_METHOD(Machine, "the file of update may be a pipe that berth has open",
                 "[update][cgroups]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  Command command = runtime().command({"update", "--resources", "/dev/fd/0", box.id()});
  const Words feeding = {"sh", "-c", R"(cat "$0" | "$@")",
                         file_of(*this, R"({"pids": {"limit": 33}})")};
  command.argv.insert(command.argv.begin(), feeding.begin(), feeding.end());
  CHECK_THAT(run_command(command), Succeeds());
  CHECK(Limits(box.pid()).of({"pids.max"}) == "33");
}

TEST_CASE_METHOD(Machine, "memory without a limit has none with swap, either (RS-MEM-1)",
                 "[update][cgroups]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  CHECK_THAT(update(*this, box, {"--memory", "-1"}), Succeeds());
  const Limits now(box.pid());
  const std::string none = now.has("memory.max") ? "max" : "9223372036854771712";
  CHECK(now.of({"memory.limit_in_bytes", "memory.max"}) == none);
  CHECK(now.of({"memory.memsw.limit_in_bytes", "memory.swap.max"}) == none);
}

TEST_CASE_METHOD(Machine,
                 "quota, period and burst are updated alone and together (RS-CPU-1 RS-CPU-2)",
                 "[update][cgroups][berth]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  const auto bandwidth = [&] {
    const Limits now(box.pid());
    return now.has("cpu.max") ? now.of({"cpu.max"})
                              : now.of({"cpu.cfs_quota_us"}) + " " + now.of({"cpu.cfs_period_us"});
  };
  CHECK_THAT(update(*this, box, {"--cpu-quota", "20000"}), Succeeds());
  CHECK(bandwidth() == "20000 200000");
  CHECK_THAT(update(*this, box, {"--cpu-period", "100000"}), Succeeds());
  CHECK(bandwidth() == "20000 100000");
  // The burst may not be longer than the quota of the moment.
  CHECK_THAT(update(*this, box, {"--cpu-burst", "40000", "--cpu-quota", "40000"}), Succeeds());
  CHECK(Limits(box.pid()).of({"cpu.cfs_burst_us", "cpu.max.burst"}) == "40000");
  CHECK_THAT(update(*this, box, {"--cpu-quota", "10000", "--cpu-burst", "0"}), Succeeds());
  CHECK(bandwidth() == "10000 100000");
  CHECK(Limits(box.pid()).of({"cpu.cfs_burst_us", "cpu.max.burst"}) == "0");
}

TEST_CASE_METHOD(Machine,
                 "of five values one is impossible: all are as they were, the flag is named",
                 "[update][cgroups][berth]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  const auto before = Limits(box.pid()).all();
  CHECK_THAT(update(*this, box,
                    {"--memory", "32m", "--memory-swap", "48m", "--cpu-share", "777",
                     "--pids-limit", "44", "--cpuset-cpus", "9999"}),
             Fails({"--cpuset-cpus: ", "write '9999' to '/", "cpuset.cpus'"}));
  CHECK(Limits(box.pid()).all() == before);
  const std::string file = file_of(*this, R"({"memory": {"limit": 268435456, "swap": 536870912},
      "cpu": {"shares": 777, "quota": 5}, "pids": {"limit": 44}})");
  CHECK_THAT(update(*this, box, {"--resources", file}),
             Fails({file + ": /cpu/quota: ", "write '5"}));
  CHECK(Limits(box.pid()).all() == before);
}

TEST_CASE_METHOD(Machine, "of the files of v2 one refuses: all are as they were (RS-UNI-2)",
                 "[update][cgroups][berth]") {
  if (!unified_directory(0)) return skip("no cgroup v2");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  const auto before = Limits(box.pid()).all();
  const bool has_pages = before.contains("hugetlb.2MB.rsvd.max");
  const std::string pages =
      has_pages ? R"("hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}],)" : "";
  const std::string fine = R"("cgroup.max.depth": "5", "cgroup.max.descendants": "6",
                              "cgroup.pressure": "0")";
  const std::string bad =
      file_of(*this, "{" + pages + R"("unified": {"cgroup.type": "impossible", )" + fine + "}}");
  CHECK_THAT(update(*this, box, {"--resources", bad}),
             Fails({bad + ": /unified/cgroup.type: ", "write 'impossible' to '/"}));
  CHECK(Limits(box.pid()).all() == before);
  const std::string good = file_of(*this, "{" + pages + R"("unified": {)" + fine + "}}");
  CHECK_THAT(update(*this, box, {"--resources", good}), Succeeds());
  const Limits after(box.pid());
  CHECK(after.of({"cgroup.max.depth"}) == "5");
  CHECK(after.of({"cgroup.max.descendants"}) == "6");
  CHECK(after.of({"cgroup.pressure"}) == "0");
  if (has_pages) CHECK(after.of({"hugetlb.2MB.rsvd.max"}) == "4194304");
}

TEST_CASE_METHOD(Machine,
                 "with --dry-run update prints each file, what it has and what it would get",
                 "[update][cgroups][berth]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  const auto before = Limits(box.pid()).all();
  const Outcome outcome =
      update(*this, box, {"--dry-run", "--pids-limit", "33", "--memory", "64m"});
  CHECK_THAT(outcome, Succeeds());
  // The memory has this limit already.
  CHECK(lines_of(outcome.out) ==
        Words{cgroup_directory(box.pid(), "pids")->path + "/pids.max: 50 -> 33"});
  CHECK(Limits(box.pid()).all() == before);
}

/// `update --resources -` with the document on standard input, as go-runc and CRI-O call it.
Outcome update_by_stdin(Machine& machine, const std::string& id, const std::string& json) {
  const std::string file = file_of(machine, json);
  Command command = machine.runtime().command({"update", "--resources", "-", id});
  command.prepare = [file] {
    const int input = open(file.c_str(), O_RDONLY);
    if (input < 0 || dup2(input, STDIN_FILENO) < 0) _exit(126);
  };
  return run_command(command);
}

TEST_CASE_METHOD(Machine,
                 "zeros and empty texts, which engines send for what is not given, change nothing",
                 "[update][cgroups]") {
  Container box(*this, with_limits(*this));
  box.create_and_start();
  const auto before = Limits(box.pid()).all();
  CHECK_THAT(update_by_stdin(*this, box.id(), R"({
      "devices": [{"allow": false, "access": "rwm"}],
      "memory": {"limit": 0, "reservation": 0, "swap": 0, "kernel": 0},
      "cpu": {"shares": 0, "quota": 0, "period": 0, "cpus": "", "mems": ""},
      "blockIO": {"weight": 0}})"),
             Succeeds());
  CHECK(Limits(box.pid()).all() == before);
}

TEST_CASE_METHOD(Machine,
                 "a limit of 0 pids is one since version 1.3.0, and unset before (RS-PID-1)",
                 "[update][cgroups][berth]") {
  if (!has_limits()) return skip("no limits here");
  Container old(*this, with_limits(*this).set("/ociVersion", R"("1.2.1")"));
  Container current(*this, with_limits(*this).set("/ociVersion", R"("1.3.0")"));
  old.create();
  current.create();
  const std::string zero = R"({"pids": {"limit": 0}})";
  CHECK_THAT(update_by_stdin(*this, old.id(), zero), Succeeds());
  CHECK(Limits(old.pid()).of({"pids.max"}) == "50");
  CHECK_THAT(update(*this, old, {"--pids-limit", "0"}), Fails({"--pids-limit: 0 is a limit only"}));
  CHECK_THAT(update_by_stdin(*this, current.id(), zero), Succeeds());
  const Limits now(current.pid());
  CHECK((now.of({"pids.max"}) == "0" || now.of({"pids.max"}) == "1"));
}

TEST_CASE_METHOD(Machine, "a limit below the usage is refused if that is asked for (RS-MEM-3)",
                 "[update][cgroups]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  box.create_and_start();
  const auto before = Limits(box.pid()).all();
  const Outcome outcome =
      update_by_stdin(*this, box.id(), R"({"memory": {"limit": 4096, "checkBeforeUpdate": true}})");
  CHECK_THAT(outcome, Fails({}));
  CHECK(contains(outcome.err, "/memory/limit: 4096 is less than the "));
  CHECK(Limits(box.pid()).all() == before);
  CHECK_THAT(update_by_stdin(*this, box.id(),
                             R"({"memory": {"limit": 66060288, "checkBeforeUpdate": true}})"),
             Succeeds());
}

TEST_CASE_METHOD(Machine,
                 "created, running and paused containers can be updated, stopped ones cannot",
                 "[update][cgroups]") {
  if (!has_limits()) return skip("no limits here");
  Container box(*this, with_limits(*this));
  const auto set = [&](const std::string& limit) {
    return update(*this, box, {"--pids-limit", limit});
  };
  box.create();
  CHECK_THAT(set("31"), Succeeds());
  CHECK(Limits(box.pid()).of({"pids.max"}) == "31");
  box.start();
  CHECK_THAT(box.call("pause"), Succeeds());
  CHECK_THAT(set("32"), Succeeds());
  CHECK(Limits(box.pid()).of({"pids.max"}) == "32");
  CHECK(box.status() == "paused");
  CHECK_THAT(box.call("resume"), Succeeds());
  CHECK_THAT(box.call("exec", {"true"}), Succeeds());
  box.stop();
  CHECK_THAT(set("33"), Fails({"container is stopped"}));
}

TEST_CASE_METHOD(Machine, "what an update cannot do is named at its flag", "[update][berth]") {
  Container box(*this, with_limits(*this));
  box.create();
  CHECK_THAT(update(*this, box, {}), Fails({"neither --resources nor a flag"}));
  CHECK_THAT(update(*this, box, {"--memory", "lots"}), Fails({"--memory: 'lots' is not a size"}));
  CHECK_THAT(update(*this, box, {"--kernel-memory", "1g"}), Fails({"--kernel-memory: "}));
  CHECK_THAT(update(*this, box,
                    {"--memory", "lots", "--pids-limit", "few", "--mem-bw-schema", "L3:0=f",
                     "--l3-cache-schema", "L3:0=f\nMB:0=9"}),
             Fails({"--memory: 'lots' is not", "--pids-limit: 'few' is not",
                    "--mem-bw-schema: 'L3:0=f' is not a string that starts with MB:",
                    "--l3-cache-schema: "}));
  CHECK_THAT(update(*this, box, {"--l3-cache-schema", "L3:0=f"}),
             Fails({"--l3-cache-schema: the container has no resctrl group of its own"}));
}

}  // namespace
}  // namespace berth::test
