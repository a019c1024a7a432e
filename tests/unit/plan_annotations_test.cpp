// Annotations that ask for something: done, refused by name, or left alone.
#include <catch2/catch.hpp>

#include "full_plan.h"
#include "runtime/compile/annotations.h"
#include "runtime/compile/exec_config.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/compile/process/process.h"
#include "runtime/compile/seccomp/seccomp.h"

namespace berth::plan {
namespace {

spec::Config annotated(const std::string& name, const std::string& value) {
  spec::Config config;
  config.annotations = {{name, value}};
  return config;
}

spec::Config with_groups(const std::string& value) {
  spec::Config config = annotated("run.oci.keep_original_groups", value);
  config.process.emplace();
  return config;
}

bool sets_groups(const spec::Config& config, Workbench& bench) {
  compile_identity(config, compile_capabilities(config, bench.builder), bench.builder);
  return std::ranges::any_of(bench.plan().steps,
                             [](const Step& step) { return step.is<SetGroups>(); });
}

TEST_CASE("an annotation that asks for what berth does not do is refused by its name") {
  const std::string name = GENERATE(
      as<std::string>{}, "run.oci.handler", "run.oci.hooks.stdout", "run.oci.hooks.stderr",
      "run.oci.pidfd_receiver", "run.oci.seccomp_bpf_data", "run.oci.seccomp.receiver",
      "run.oci.seccomp.plugins", "run.oci.delegate-cgroup", "run.oci.systemd.force_cgroup_v1");
  spec::Config config = full_config();
  config.annotations = {{name, "x"}};
  CHECK(problem_text(compiled(config).problems) == Lines{"?/annotations/" + name});
}

TEST_CASE("an annotation without a value asks for nothing (buildah's run.oci.handler)") {
  Workbench bench;
  refuse_annotations(annotated("run.oci.handler", ""), bench.builder);
  CHECK(bench.pointers() == Lines{});
}

TEST_CASE("annotations that only inform, or that only systemd's cgroups heed, are left alone") {
  Workbench bench;
  for (const char* name :
       {"io.kubernetes.cri.container-type", "io.podman.annotations.autoremove",
        "org.opencontainers.image.stopSignal", "org.systemd.property.TimeoutStopUSec",
        "run.oci.systemd.subgroup", "com.example.run.oci.handler"}) {
    refuse_annotations(annotated(name, "x"), bench.builder);
  }
  CHECK(bench.pointers() == Lines{});
}

TEST_CASE("run.oci.keep_original_groups=1: the groups of the caller stay (podman's keep-groups)") {
  Workbench bench;
  CHECK_FALSE(sets_groups(with_groups("1"), bench));
  CHECK(bench.plan().warnings == Lines{});
}

TEST_CASE("another value of run.oci.keep_original_groups keeps no groups") {
  Workbench bench;
  CHECK(sets_groups(with_groups(GENERATE("0", "", "true")), bench));
}

TEST_CASE("additionalGids beside kept groups are left out with a warning") {
  spec::Config config = with_groups("1");
  config.process->user.additional_gids = {10};
  Workbench bench;
  CHECK_FALSE(sets_groups(config, bench));
  REQUIRE(bench.plan().warnings.size() == 1);
  CHECK_THAT(bench.plan().warnings[0], Catch::StartsWith("/process/user/additionalGids: "));
}

TEST_CASE("kept groups are not dropped before a user namespace is joined") {
  for (const char* value : {"0", "1"}) {
    spec::Config config = with_groups(value);
    config.linux.namespaces = {{"user", "/proc/1/ns/user"}};
    Workbench bench;
    compile_joins(config, compile_namespace_sources(config, bench.builder), bench.builder);
    const bool drops = std::ranges::any_of(bench.plan().steps,
                                           [](const Step& step) { return step.is<SetGroups>(); });
    CHECK(drops == (*value == '0'));
  }
}

TEST_CASE("exec keeps the groups of its caller, too, and is given no other annotation") {
  spec::Config config = with_groups("1");
  config.annotations["com.example"] = "x";
  CHECK(exec_config_of(config).annotations ==
        spec::StringMap{{"run.oci.keep_original_groups", "1"}});
  CHECK(exec_config_of(with_groups("0")).annotations.empty());
}

TEST_CASE("run.oci.seccomp_fail_unknown_syscall=1: an unknown name is an error, not a remark") {
  spec::Config config = annotated("run.oci.seccomp_fail_unknown_syscall", "1");
  config.process.emplace();
  config.linux.seccomp.emplace().default_action = "SCMP_ACT_ALLOW";
  config.linux.seccomp->syscalls = {{.names = {"no_such_call"}, .action = "SCMP_ACT_ERRNO"}};
  Workbench bench;
  compile_seccomp_filter(config, bench.builder);
  REQUIRE(bench.pointers() == Lines{"?/linux/seccomp/syscalls"});
  CHECK_THAT(bench.problems.list()[0].message, Catch::Contains("'no_such_call'"));
  CHECK(bench.plan().warnings == Lines{});
}

}  // namespace
}  // namespace berth::plan
