#include "runtime/compile/features.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "runtime/compile/files/mount_options.h"
#include "runtime/compile/order.h"
#include "runtime/linux/security/privileges.h"
#include "spec/config/config.h"
#include "spec/config/read_config.h"
#include "spec/json/json.h"
#include "tests/unit/cgroup_layouts.h"
#include "tests/unit/full_plan.h"

namespace berth::plan {
namespace {

bool has(const spec::Strings& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Whether the reader takes this config.
bool is_read(const std::string& section) {
  Problems problems;
  (void)spec::read_config(
      R"({"ociVersion":"1.3.0","root":{"path":"r"},"process":{"args":["x"],"cwd":"/"},)" + section +
          "}",
      problems);
  return problems.empty();
}

TEST_CASE("FT-2: both versions, and config.json takes each of them") {
  const spec::Features document = features();
  CHECK(document.oci_version_min == "1.0.0");
  CHECK(document.oci_version_max == "1.3.0");
  for (const std::string& version : {document.oci_version_min, document.oci_version_max}) {
    Problems problems;
    (void)spec::read_config(R"({"ociVersion":")" + version + R"(","root":{"path":"r"}})", problems);
    CHECK(problems.empty());
  }
}

TEST_CASE("FT-5: every hook that is listed is read, and there are six") {
  const spec::Strings hooks = features().hooks.value();
  CHECK(hooks.size() == 6);
  for (const std::string& hook : hooks) {
    CAPTURE(hook);
    CHECK(is_read(R"("hooks":{")" + hook + R"(":[{"path":"/x"}]})"));
    CHECK_FALSE(is_read(R"("hooks":{")" + hook + R"(":[{"path":"x"}]})"));
  }
}

TEST_CASE("FT-5: mount options: the specification's words, and no data of a file system") {
  const spec::Strings options = features().mount_options.value();
  CHECK(options == known_mount_options());
  CHECK(std::set<std::string>(options.begin(), options.end()).size() == options.size());
  for (const char* const word :
       {"rro", "rnodev", "idmap", "ridmap", "bind", "tmpcopyup", "defaults"}) {
    CAPTURE(word);
    CHECK(has(options, word));
  }
  CHECK_FALSE(has(options, "size"));
}

TEST_CASE("FT-5: every namespace that is listed is one of the kernel's") {
  const spec::Strings namespaces = features().linux->namespaces.value();
  CHECK(namespaces.size() == 8);
  for (const std::string& type : namespaces) {
    CAPTURE(type);
    CHECK(spec::kNamespaceTypes.value_of(type) != 0);
  }
}

TEST_CASE("FT-5: every capability that is listed is known by its name") {
  const spec::Strings capabilities = features().linux->capabilities.value();
  CHECK(capabilities.size() >= 41);
  for (std::size_t i = 0; i < capabilities.size(); i++) {
    CAPTURE(capabilities[i]);
    CHECK(sys::capability_number(capabilities[i]) == static_cast<int>(i));
  }
}

TEST_CASE("FT-5 FT-7 SC-3: every word of seccomp and memoryPolicy that is listed is read") {
  const spec::LinuxFeatures linux = features().linux.value();
  const spec::SeccompFeatures seccomp = linux.seccomp.value();
  CHECK(seccomp.enabled == true);
  CHECK(seccomp.actions->size() == 9);
  CHECK(seccomp.operators->size() == 7);
  CHECK(seccomp.architectures->size() >= 10);  // of 23: not those of the other byte order
  CHECK(seccomp.known_flags->size() == 4);
  for (const std::string& flag : *seccomp.supported_flags) CHECK(has(*seccomp.known_flags, flag));
  const auto in_seccomp = [](const std::string& text) {
    return is_read(R"("linux":{"seccomp":{)" + text + "}}");
  };
  const std::string action = R"("defaultAction":"SCMP_ACT_ALLOW",)";
  for (const std::string& each : *seccomp.actions) {
    CHECK(in_seccomp(R"("defaultAction":")" + each + "\""));
  }
  const std::string rule = action +
                           R"("syscalls":[{"names":["read"],"action":"SCMP_ACT_LOG","args":)" +
                           R"([{"index":0,"value":1,"op":)";
  for (const std::string& each : *seccomp.operators) {
    CHECK(in_seccomp(rule + spec::json_quote(each) + "}]}]"));
  }
  for (const std::string& each : *seccomp.architectures) {
    CHECK(in_seccomp(action + R"("architectures":)" + spec::to_json(spec::Strings{each})));
  }
  for (const std::string& each : *seccomp.known_flags) {
    CHECK(in_seccomp(action + R"("flags":)" + spec::to_json(spec::Strings{each})));
  }
  CHECK(linux.memory_policy->modes->size() == 7);
  CHECK(linux.memory_policy->flags->size() == 3);
  for (const std::string& each : *linux.memory_policy->modes) {
    const std::string mode = R"("linux":{"memoryPolicy":{"mode":")" + each + R"(","nodes":)";
    CHECK((is_read(mode + R"(""}})") || is_read(mode + R"("0"}})")));
  }
}

TEST_CASE("FT-3 FT-4: the document has what it says and nothing that is null") {
  const std::string text = spec::to_json(features());
  CHECK(text.find("null") == std::string::npos);
  Problems problems;
  const auto again = spec::from_json<spec::Features>(text, problems);
  CHECK(problems.empty());
  CHECK(spec::to_json(again) == text);
}

TEST_CASE("AN-4: no annotation that berth makes or goes by is in the reserved name space") {
  const spec::Features document = features();
  for (const auto& [key, value] : *document.annotations) {
    CHECK(key.rfind("org.opencontainers.", 0) == std::string::npos);
  }
  CHECK(document.potentially_unsafe_config_annotations ==
        spec::Strings{"run.oci.keep_original_groups", "run.oci.mount_context_type",
                      "run.oci.seccomp_fail_unknown_syscall", "org.systemd.property."});
}

TEST_CASE("FT-6 FT-8 FT-9: what there is beside lists") {
  const spec::LinuxFeatures linux = features().linux.value();
  CHECK(linux.cgroup->v1 == true);
  CHECK(linux.cgroup->v2 == true);
#ifdef BERTH_HAS_SYSTEMD
  constexpr bool kHasSystemd = true;
#else
  constexpr bool kHasSystemd = false;
#endif
  CHECK(linux.cgroup->systemd == kHasSystemd);
  CHECK(linux.cgroup->systemd_user == kHasSystemd);
  CHECK(linux.cgroup->rdma == true);
  CHECK(linux.apparmor->enabled == true);
  CHECK(linux.selinux->enabled == true);
  CHECK(linux.intel_rdt->enabled == true);
  CHECK(linux.intel_rdt->schemata == true);
  CHECK(linux.intel_rdt->monitoring == true);
  CHECK(linux.mount_extensions->idmap->enabled == true);
  CHECK(linux.net_devices->enabled == true);
  CHECK(features().annotations->count("berth.version") == 1);
}

/// What the compiler says of a config on a machine that can do everything.
Problems compiled(const std::string& linux, const Host& host = mighty_host()) {
  Problems problems;
  const spec::Config config = spec::read_config(
      R"({"ociVersion":"1.3.0","root":{"path":"r"},"process":{"args":["x"],"cwd":"/",)"
      R"("user":{"uid":0,"gid":0}},"linux":{)" +
          linux + "}}",
      problems);
  const Request request{.id = "web1", .bundle = "/b"};
  if (problems.empty()) (void)compile(config, request, host, problems);
  return problems;
}

TEST_CASE("FT-1 FT-7 FT-8: what is said to be there is compiled, whatever this host has") {
  for (const std::string& linux : {
           std::string(R"("intelRdt":{"enableMonitoring":true,"schemata":["L3:0=f"]})"),
           std::string(R"("memoryPolicy":{"mode":"MPOL_LOCAL"})"),
           std::string(R"("netDevices":{"eth0":{}},"namespaces":[{"type":"network"}])"),
       }) {
    const Problems problems = compiled(linux, hybrid_host());
    CAPTURE(linux, problem_text(problems));
    CHECK(problems.empty());
  }
  const spec::Strings able = features().linux->seccomp->architectures.value();
  CHECK(has(able, "SCMP_ARCH_X86_64"));
  for (const std::string& name : spec::kSeccompArchitectures.list()) {
    CAPTURE(name);
    const Problems problems = compiled(
        R"("seccomp":{"defaultAction":"SCMP_ACT_ALLOW","architectures":[")" + name + R"("]})");
    CHECK(problems.empty() == has(able, name));
  }
}

TEST_CASE("FT-6: rdma limits are set where there is the controller, as features says") {
  const std::string limits = R"("resources":{"rdma":{"mlx5_1":{"hcaHandles":1}}})";
  Host host = mighty_host();
  host.cgroups = v2_layout();
  CHECK(compiled(limits, host).empty());
  host.cgroups.hierarchies[0].controllers = {"memory"};
  CHECK(compiled(limits, host).concern("/linux/resources/rdma/mlx5_1"));
}

}  // namespace
}  // namespace berth::plan
