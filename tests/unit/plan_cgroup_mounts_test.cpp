#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

const CgroupHierarchy kV2 = {.mountpoint = "/sys/fs/cgroup", .root = "/", .unified = true};
const CgroupHierarchy kUnified = {
    .mountpoint = "/sys/fs/cgroup/unified", .root = "/", .unified = true};
const CgroupHierarchy kCpu = {.name = "cpu,cpuacct",
                              .controllers = {"cpu", "cpuacct"},
                              .mountpoint = "/sys/fs/cgroup/cpu,cpuacct",
                              .root = "/"};
const CgroupHierarchy kSystemd = {
    .name = "name=systemd", .mountpoint = "/sys/fs/cgroup/systemd", .root = "/"};

const CgroupLayout kV2Layout = {.mode = CgroupLayout::Mode::V2, .hierarchies = {kV2}};
const CgroupLayout kHybridLayout = {.mode = CgroupLayout::Mode::Hybrid,
                                    .hierarchies = {kCpu, kSystemd, kUnified}};

FilesCompiler with_cgroup(CgroupLayout layout, spec::Strings options) {
  FilesCompiler compiler;
  compiler.host.cgroups = std::move(layout);
  compiler.config.mounts = {{.destination = "/sys/fs/cgroup",
                             .type = "cgroup",
                             .source = "cgroup",
                             .options = std::move(options)}};
  return compiler;
}

FilesCompiler with_own_cgroup(CgroupLayout layout, spec::Strings options) {
  FilesCompiler compiler = with_cgroup(std::move(layout), std::move(options));
  compiler.add_namespace("cgroup");
  return compiler;
}

TEST_CASE("v2: with a cgroup namespace, cgroup is a new cgroup2 file system") {
  CHECK(with_own_cgroup(kV2Layout, {"nosuid", "nsdelegate"}).mounts() ==
        Lines{"child new_filesystem type='cgroup2' <- /mounts/0",
              "child filesystem_option key='source' value='cgroup' given_as='string' <- /mounts/0",
              "child filesystem_option key='nsdelegate' <- /mounts/0/options/1",
              "child create_filesystem attributes='+nosuid' <- /mounts/0",
              "child place path='/sys/fs/cgroup' <- /mounts/0"});
}

TEST_CASE("v2: without a cgroup namespace, it is the container's own cgroup, bound (SR-40)") {
  CHECK(with_cgroup(kV2Layout, {"nosuid", "ro"}).mounts() ==
        Lines{"child clone_tree path='/sys/fs/cgroup/berth-web1' <- /mounts/0",
              "child set_propagation type='slave' <- /mounts/0",
              "child set_attributes attributes='+ro +nosuid' <- /mounts/0/options",
              "child place path='/sys/fs/cgroup' <- /mounts/0"});
}

TEST_CASE("hybrid: with a cgroup namespace, every hierarchy is a new mount in a directory") {
  CHECK(with_own_cgroup(kHybridLayout, {"nosuid", "ro", "rprivate"}).mounts() ==
        Lines{"child new_filesystem type='tmpfs' <- /mounts/0",
              "child filesystem_option key='source' value='cgroup' given_as='string' <- /mounts/0",
              "child filesystem_option key='mode' value='755' given_as='string' <- /mounts/0",
              "child create_filesystem attributes='+nosuid' <- /mounts/0",
              "child place path='/sys/fs/cgroup' <- /mounts/0",
              "child new_filesystem type='cgroup' <- /mounts/0",
              "child filesystem_option key='source' value='cgroup' given_as='string' <- /mounts/0",
              "child filesystem_option key='cpu' <- /mounts/0",
              "child filesystem_option key='cpuacct' <- /mounts/0",
              "child create_filesystem attributes='+ro +nosuid' <- /mounts/0",
              "child place path='/sys/fs/cgroup/cpu,cpuacct' <- /mounts/0",
              "child make_symlink path='/sys/fs/cgroup/cpu' target='cpu,cpuacct' <- /mounts/0",
              "child make_symlink path='/sys/fs/cgroup/cpuacct' target='cpu,cpuacct' <- /mounts/0",
              "child new_filesystem type='cgroup' <- /mounts/0",
              "child filesystem_option key='source' value='cgroup' given_as='string' <- /mounts/0",
              "child filesystem_option key='name' value='systemd' given_as='string' <- /mounts/0",
              "child create_filesystem attributes='+ro +nosuid' <- /mounts/0",
              "child place path='/sys/fs/cgroup/systemd' <- /mounts/0",
              "child new_filesystem type='cgroup2' <- /mounts/0",
              "child filesystem_option key='source' value='cgroup2' given_as='string' <- /mounts/0",
              "child create_filesystem attributes='+ro +nosuid' <- /mounts/0",
              "child place path='/sys/fs/cgroup/unified' <- /mounts/0",
              "child find_mount path='/sys/fs/cgroup' <- /mounts/0",
              "child set_attributes attributes='+ro' <- /mounts/0/options",
              "child set_propagation type='private' recursive <- /mounts/0/options/2"});
}

TEST_CASE(
    "hybrid: without a cgroup namespace, every hierarchy shows the container's own cgroup "
    "(SR-40)") {
  CHECK(with_cgroup(kHybridLayout, {"noexec"}).mounts() ==
        Lines{"child new_filesystem type='tmpfs' <- /mounts/0",
              "child filesystem_option key='source' value='cgroup' given_as='string' <- /mounts/0",
              "child filesystem_option key='mode' value='755' given_as='string' <- /mounts/0",
              "child create_filesystem attributes='+noexec' <- /mounts/0",
              "child place path='/sys/fs/cgroup' <- /mounts/0",
              "child clone_tree path='/sys/fs/cgroup/cpu,cpuacct/berth-web1' <- /mounts/0",
              "child set_propagation type='slave' <- /mounts/0",
              "child set_attributes attributes='+noexec' <- /mounts/0/options/0",
              "child place path='/sys/fs/cgroup/cpu,cpuacct' <- /mounts/0",
              "child make_symlink path='/sys/fs/cgroup/cpu' target='cpu,cpuacct' <- /mounts/0",
              "child make_symlink path='/sys/fs/cgroup/cpuacct' target='cpu,cpuacct' <- /mounts/0",
              "child clone_tree path='/sys/fs/cgroup/systemd/berth-web1' <- /mounts/0",
              "child set_propagation type='slave' <- /mounts/0",
              "child set_attributes attributes='+noexec' <- /mounts/0/options/0",
              "child place path='/sys/fs/cgroup/systemd' <- /mounts/0",
              "child clone_tree path='/sys/fs/cgroup/unified/berth-web1' <- /mounts/0",
              "child set_propagation type='slave' <- /mounts/0",
              "child set_attributes attributes='+noexec' <- /mounts/0/options/0",
              "child place path='/sys/fs/cgroup/unified' <- /mounts/0"});
}

TEST_CASE("cgroup2 on a hybrid host is its v2 hierarchy alone") {
  FilesCompiler compiler = with_cgroup(kHybridLayout, {});
  compiler.config.mounts[0].type = "cgroup2";
  CHECK(compiler.mounts() ==
        Lines{"child clone_tree path='/sys/fs/cgroup/unified/berth-web1' <- /mounts/0",
              "child set_propagation type='slave' <- /mounts/0",
              "child place path='/sys/fs/cgroup' <- /mounts/0"});
}

TEST_CASE("a host without cgroups, or without v2, is reported at the mount") {
  FilesCompiler none = with_own_cgroup({}, {});
  (void)none.mounts();
  CHECK(none.faults() == Lines{"?/mounts/0"});
  FilesCompiler v1 =
      with_cgroup({.mode = CgroupLayout::Mode::V1, .hierarchies = {kCpu, kSystemd}}, {});
  v1.config.mounts[0].type = "cgroup2";
  (void)v1.mounts();
  CHECK(v1.faults() == Lines{"?/mounts/0"});
}

TEST_CASE("data words for cgroups that are bound or of v1 are refused") {
  for (FilesCompiler compiler :
       {with_cgroup(kV2Layout, {"nsdelegate"}), with_own_cgroup(kHybridLayout, {"nsdelegate"})}) {
    (void)compiler.mounts();
    CHECK(compiler.faults() == Lines{"?/mounts/0/options/0"});
  }
}

}  // namespace
}  // namespace berth::plan
