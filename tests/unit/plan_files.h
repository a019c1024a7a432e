// What the chapters about files make of a config, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/files/devices.h"
#include "runtime/compile/files/mounts.h"
#include "runtime/compile/files/root.h"
#include "tests/unit/plan_text.h"

namespace berth::plan {

struct FilesCompiler {
  spec::Config config = default_config();
  Host host;
  Request request = default_request();
  Problems problems;
  Plan plan;  ///< the last one
  Lines warnings;

  /// A mount namespace of its own and a root file system.
  static spec::Config default_config() {
    spec::Config config;
    config.root = spec::Root{.path = "rootfs"};
    config.linux.namespaces = {{.type = "mount", .path = ""}};
    return config;
  }

  static Request default_request() {
    Request request;
    request.id = "web1";
    request.bundle = "/b";
    return request;
  }

  void add_namespace(std::string type) {
    config.linux.namespaces.push_back({.type = std::move(type), .path = ""});
  }

  /// The steps of the host, then those that `chapter(files, builder)` adds.
  template <class Chapter>
  Lines lines(Chapter chapter) {
    Builder builder(host, request, problems, 64);
    builder.plan.cgroup = compile_cgroup(config, request.id, host.cgroups, problems);
    Files files = compile_mount_sources(config, builder);
    compile_cgroup_sources(files, builder);
    chapter(files, builder);
    plan = builder.take();
    warnings = plan.warnings;
    return plan_text(plan);
  }

  /// The same without the first line, that of the root.
  Lines mounts() {
    auto all = lines([](const Files& files, Builder& builder) { compile_mounts(files, builder); });
    all.erase(all.begin());
    return all;
  }

  Lines devices() {
    auto all = lines([this](const Files& files, Builder& builder) {
      compile_devices(config, files.devices, files.mounts, builder);
    });
    all.erase(all.begin());
    return all;
  }

  /// The root, from its opening to its last protection.
  Lines root() {
    return lines([this](const Files& files, Builder& builder) {
      compile_root(config, files, builder);
      compile_enter_root(config, files, builder);
      compile_protection(config, files, builder);
    });
  }

  Lines faults() const { return problem_text(problems); }
};

}  // namespace berth::plan
