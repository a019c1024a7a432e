// null, and the empty string, in place of properties that need not be there.
#include <algorithm>
#include <catch2/catch.hpp>

#include "spec/config/config.h"
#include "spec/config/read_config.h"
#include "spec/config/unknown.h"
#include "spec/json/json.h"
#include "tests/unit/spec_fragments.h"

namespace berth::spec {
namespace {

/// Around one member of an object that is right without it.
struct Place {
  std::string before, after;
};

/// The visitor that lists what an object may have and need not, and what it must have.
class Members : public WithoutChecks {
 public:
  template <class T, class Rule = Any>
  void required(std::string_view name, T&, const Rule& = {}) {
    required_names.emplace_back(name);
  }
  template <class T, class Rule = Any>
  void optional(std::string_view name, T&, const Rule& = {}) {
    optional_names.emplace_back(name);
  }

  std::vector<std::string> required_names, optional_names;
};

/// With every optional member null it is what it is without them; validate reports each.
template <class Object>
void check_nulls(const Place& place, const std::string& needed) {
  Object object{};
  Members members;
  describe(members, object);
  const Config without = read(place.before + needed + place.after);
  std::string all = needed;
  for (const std::string& name : members.optional_names) {
    if (needed.find("\"" + name + "\":") != std::string::npos) continue;
    all += std::string(all.empty() ? "" : ",") + "\"" + name + "\":null";
  }
  CAPTURE(all);
  CHECK(to_json(read(place.before + all + place.after)) == to_json(without));
  const IgnoredProperties ignored = find_ignored_properties(place.before + all + place.after);
  CHECK(ignored.unknown.empty());
  const auto nulls = static_cast<std::size_t>(std::count(all.begin(), all.end(), ':')) -
                     static_cast<std::size_t>(std::count(needed.begin(), needed.end(), ':'));
  CHECK(ignored.empty.list().size() + ignored.empty.left_out() == nulls);
  CHECK(nulls > 0);
}

const std::string kStart = R"({"ociVersion":"1.3.0","root":{"path":"r"},)";

TEST_CASE("null for a property that need not be there counts as absent, everywhere") {
  const std::string process = kStart + R"("process":{"args":["x"],"cwd":"/",)";
  const std::string linux = kStart + R"("linux":{)";
  const std::string resources = linux + R"("resources":{)";
  check_nulls<Config>({"{", "}"}, R"("ociVersion":"1.3.0","root":{"path":"r"})");
  check_nulls<Root>({R"({"ociVersion":"1.3.0","root":{)", "}}"}, R"("path":"r")");
  check_nulls<Mount>({kStart + R"("mounts":[{)", "}]}"}, R"("destination":"/m")");
  check_nulls<Process>({kStart + R"("process":{)", "}}"}, R"("args":["x"],"cwd":"/")");
  check_nulls<User>({process + R"("user":{)", "}}}"}, R"("uid":0,"gid":0)");
  check_nulls<Capabilities>({process + R"("capabilities":{)", "}}}"}, "");
  check_nulls<Scheduler>({process + R"("scheduler":{)", "}}}"}, R"("policy":"SCHED_OTHER")");
  check_nulls<CpuAffinity>({process + R"("execCPUAffinity":{)", "}}}"}, "");
  check_nulls<Hooks>({kStart + R"("hooks":{)", "}}"}, "");
  check_nulls<Hook>({kStart + R"("hooks":{"poststop":[{)", "}]}}"}, R"("path":"/h")");
  check_nulls<Linux>({linux, "}}"}, "");
  check_nulls<Namespace>({linux + R"("namespaces":[{)", "}]}}"}, R"("type":"pid")");
  check_nulls<TimeOffset>({linux + R"("timeOffsets":{"boottime":{)", "}}}}"}, "");
  check_nulls<Device>({linux + R"("devices":[{)", "}]}}"}, R"("type":"p","path":"/d")");
  check_nulls<NetDevice>({linux + R"("netDevices":{"eth0":{)", "}}}}"}, "");
  check_nulls<IntelRdt>({linux + R"("intelRdt":{)", "}}}"}, "");
  check_nulls<MemoryPolicy>({linux + R"("memoryPolicy":{)", "}}}"}, R"("mode":"MPOL_LOCAL")");
  check_nulls<Seccomp>({linux + R"("seccomp":{)", "}}}"}, R"("defaultAction":"SCMP_ACT_ALLOW")");
  check_nulls<SeccompRule>(
      {linux + R"("seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{)", "}]}}}"},
      R"("names":["read"],"action":"SCMP_ACT_ERRNO")");
  check_nulls<Personality>({linux + R"("personality":{)", "}}}"}, R"("domain":"LINUX")");
  check_nulls<Resources>({resources, "}}}"}, "");
  check_nulls<DeviceRule>({resources + R"("devices":[{)", "}]}}}"}, R"("allow":true)");
  check_nulls<Memory>({resources + R"("memory":{)", "}}}}"}, "");
  check_nulls<Cpu>({resources + R"("cpu":{)", "}}}}"}, "");
  check_nulls<Pids>({resources + R"("pids":{)", "}}}}"}, "");
  check_nulls<BlockIo>({resources + R"("blockIO":{)", "}}}}"}, "");
  check_nulls<Network>({resources + R"("network":{)", "}}}}"}, "");
}

TEST_CASE("SR-41 VV-1: null for what has to be there is wrong, and so it is in a list or a map") {
  check_mistakes({
      {"CF-VER-1", kWhole, R"({"ociVersion":^null,"root":{"path":"r"}})", "/ociVersion", "null"},
      {"CF-ROOT-1", kWhole, R"({"ociVersion":"1.3.0","root":^null})", "/root", "null"},
      {"US-1", kProcess, R"("user":{"uid":^null,"gid":0})", "/process/user/uid", "found null"},
      {"MT-2", kTop, R"("mounts":[{"destination":^null}])", "/mounts/0/destination", "null"},
      {"MT-1", kTop, R"("mounts":[^null])", "/mounts/0", "found null"},
      {"PR-ENV-1", kProcess, R"("env":["A=b",^null])", "/process/env/1", "found null"},
      {"AN-1", kTop, R"("annotations":{"a":^null})", "/annotations/a", "found null"},
      {"TO-1", kLinux, R"("timeOffsets":{"boottime":^null})", "/linux/timeOffsets/boottime",
       "null"},
  });
}

TEST_CASE("an empty string counts as absent where one is not a value") {
  const std::string text = R"("namespaces":[{"type":"pid","path":""}],"rootfsPropagation":"",
    "netDevices":{"eth0":{"name":""}},"intelRdt":{"closID":"","memBwSchema":""},
    "resources":{"devices":[{"allow":false,"type":""}]})";
  const Config config = read(kLinux, text);
  CHECK(config.linux.namespaces[0].path.empty());
  CHECK(!config.linux.intel_rdt->clos_id);
  CHECK(!config.linux.intel_rdt->mem_bw_schema);
  std::vector<std::string> reported;
  const IgnoredProperties ignored = find_ignored_properties(kLinux.before + text + kLinux.after);
  for (const Problem& one : ignored.empty.list()) {
    reported.push_back(one.pointer);
  }
  CHECK(reported ==
        std::vector<std::string>{"/linux/namespaces/0/path", "/linux/rootfsPropagation",
                                 "/linux/netDevices/eth0/name", "/linux/intelRdt/closID",
                                 "/linux/intelRdt/memBwSchema", "/linux/resources/devices/0/type"});
  check_mistakes({
      {"DV-2", kLinux, R"("devices":[{"type":^"","path":"/d"}])", "/linux/devices/0/type", "c, b"},
      {"RS-DEV-1", kResources, R"("devices":[{"allow":true,"access":^""}])",
       "/linux/resources/devices/0/access", "letters"},
  });
}

/// A document that is berth's own.
struct Own {
  std::string text;
};
void describe(auto& v, Own& own) { v.optional("text", own.text); }

TEST_CASE("SR-33 SR-41: documents of berth's own have no null") {
  Problems problems;
  (void)from_json<Own>(R"({"text":null})", problems);
  REQUIRE(problems.list().size() == 1);
  CHECK(problems.list()[0].pointer == "/text");
}

}  // namespace
}  // namespace berth::spec
