// When a container's mount namespace begins empty, and what the steps are then.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "runtime/compile/namespaces/empty_start.h"
#include "runtime/compile/namespaces/namespaces.h"
#include "tests/unit/plan_files.h"
#include "tests/unit/plan_fixture.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

FilesCompiler with_empty_namespace() {
  FilesCompiler compiler;
  compiler.host.empty_namespace = "/run/e";
  return compiler;
}

bool starts_empty(FilesCompiler& compiler) {
  bool is_empty = false;
  (void)compiler.lines(
      [&](const Files& files, Builder&) { is_empty = files.empty_namespace != kNoSlot; });
  return is_empty;
}

TEST_CASE("empty start: the root stays detached until its namespace is there (NS-4)") {
  FilesCompiler compiler = with_empty_namespace();
  CHECK(compiler.root() ==
        Lines{"host open_tree path='/b/rootfs' recursive no_magic_links to=0 <- /root/path",
              "host open_namespace path='/run/e' type='mount' to=1 <- /linux/namespaces/0",
              "child use_root directory=0 <- /root/path",
              "child set_propagation type='slave' recursive",
              "child copy_empty_namespace namespace=1 <- /linux/namespaces/0",
              "child enter_root entry='cover' <- /root/path"});
}

TEST_CASE("empty start: the clone makes all namespaces but that of mounts") {
  for (const bool is_empty : {false, true}) {
    Workbench bench;
    spec::Config config;
    config.linux.namespaces = {{.type = "mount"}, {.type = "pid"}};
    compile_clone(config, kNoSlot, is_empty, bench.builder);
    const std::string expected = is_empty ? "'pid'" : "'pid, mount'";
    CHECK(bench.lines() ==
          Lines{"prologue clone namespaces=" + expected + " <- /linux/namespaces"});
  }
}

TEST_CASE("empty start: the usual mounts keep their order, and binds are opened in turn (MO-1)") {
  FilesCompiler compiler = with_empty_namespace();
  compiler.config.mounts = {{.destination = "/a", .type = "tmpfs"},
                            {.destination = "/b", .source = "/host", .options = {"rbind"}},
                            {.destination = "/proc", .type = "proc"}};
  REQUIRE(starts_empty(compiler));
  Lines made;
  for (const std::string& line : compiler.mounts()) {
    if (line.find("clone_tree") != line.npos || line.find("create_filesystem") != line.npos)
      made.push_back(line.substr(line.find("<-")));
  }
  CHECK(made == Lines{"<- /mounts/0", "<- /mounts/1/source", "<- /mounts/2"});
}

TEST_CASE("empty start: not where the host's mounts are needed") {
  FilesCompiler compiler = with_empty_namespace();
  spec::Config& config = compiler.config;
  REQUIRE(starts_empty(compiler));
  SECTION("no empty mount namespace") { compiler.host.empty_namespace.clear(); }
  SECTION("--no-pivot") { compiler.request.no_pivot = true; }
  SECTION("a joined mount namespace") { config.linux.namespaces[0].path = "/proc/1/ns/mnt"; }
  SECTION("no mount namespace") { config.linux.namespaces.clear(); }
  SECTION("a new user namespace") { compiler.add_namespace("user"); }
  SECTION("a joined user namespace") {
    config.linux.namespaces.push_back({.type = "user", .path = "/proc/1/ns/user"});
  }
  SECTION("hooks look for the root at its path") {
    SECTION("prestart") { config.hooks.prestart = {{.path = "/h"}}; }
    SECTION("createRuntime") { config.hooks.create_runtime = {{.path = "/h"}}; }
    SECTION("createContainer") { config.hooks.create_container = {{.path = "/h"}}; }
  }
  SECTION("a remount changes a mount that is placed") {
    config.mounts = {{.destination = "/a", .options = {"remount", "ro"}}};
  }
  SECTION("the host's mounts are to come to the root") {
    config.linux.rootfs_propagation = GENERATE("slave", "rslave", "shared", "rshared");
  }
  SECTION("or to a bind mount") {
    const char* word = GENERATE("slave", "rslave", "shared", "rshared", "unbindable");
    config.mounts = {{.destination = "/a", .source = "/b", .options = {"rbind", word}}};
  }
  SECTION("a new file system changes its propagation once it is placed") {
    config.mounts = {{.destination = "/a", .type = "tmpfs", .options = {"private"}}};
  }
  SECTION("a file system whose options may be paths") {
    config.mounts = {{.destination = "/a", .type = "overlay", .source = "overlay"}};
  }
  CHECK_FALSE(starts_empty(compiler));
}

TEST_CASE("empty start: other hooks and other namespaces do not matter") {
  FilesCompiler compiler = with_empty_namespace();
  spec::Config& config = compiler.config;
  config.hooks.start_container = config.hooks.poststart = config.hooks.poststop = {{.path = "/h"}};
  config.linux.rootfs_propagation = "rprivate";
  config.mounts = {{.destination = "/a", .source = "/b", .options = {"rbind", "rprivate"}}};
  for (const char* type : {"pid", "network", "ipc", "uts", "cgroup", "time"})
    compiler.add_namespace(type);
  config.linux.namespaces[2].path = "/proc/1/ns/net";
  CHECK(starts_empty(compiler));
}

TEST_CASE("empty start: the directory of all hierarchies becomes read-only in its namespace") {
  FilesCompiler compiler = with_empty_namespace();
  compiler.add_namespace("cgroup");
  compiler.host.cgroups.mode = CgroupLayout::Mode::V1;
  compiler.host.cgroups.hierarchies = {
      {.name = "pids", .mountpoint = "/sys/fs/cgroup/pids", .root = "/", .own_path = "/"}};
  compiler.config.mounts = {{.destination = "/sys/fs/cgroup", .type = "cgroup", .options = {"ro"}}};
  const Lines lines = compiler.lines([&](const Files& files, Builder& builder) {
    compile_root(compiler.config, files, builder);
    compile_mounts(files, builder);
    compile_enter_root(compiler.config, files, builder);
    compile_protection(compiler.config, files, builder);
  });
  CHECK(Lines(lines.end() - 3, lines.end()) ==
        Lines{"child enter_root entry='cover' <- /root/path",
              "child find_mount path='/sys/fs/cgroup' <- /mounts/0",
              "child set_attributes attributes='+ro' <- /mounts/0/options"});
}

TEST_CASE("empty start: not where something covers the directory of all hierarchies") {
  FilesCompiler compiler = with_empty_namespace();
  spec::Config& config = compiler.config;
  compiler.host.cgroups.mode = CgroupLayout::Mode::V1;
  compiler.host.cgroups.hierarchies = {
      {.name = "pids", .mountpoint = "/sys/fs/cgroup/pids", .root = "/", .own_path = "/"}};
  compiler.add_namespace("cgroup");
  config.mounts = {{.destination = "/sys", .type = "sysfs"},
                   {.destination = "/sys/fs/cgroup", .type = "cgroup", .options = {"ro"}},
                   {.destination = "/sys/fs/other", .type = "tmpfs"}};
  config.linux.masked_paths = {"/sys/firmware"};
  config.linux.readonly_paths = {"/proc/sys"};
  REQUIRE(starts_empty(compiler));
  SECTION("a later mount at it") { config.mounts[2].destination = "/sys/fs/cgroup"; }
  SECTION("one below it") { config.mounts[2].destination = "/sys/fs/cgroup/x"; }
  SECTION("one above it") { config.mounts[2].destination = "/sys"; }
  SECTION("a masked path") { config.linux.masked_paths.push_back("/sys/fs/cgroup/"); }
  SECTION("a read-only path") { config.linux.readonly_paths.push_back("/sys/fs"); }
  SECTION("its own propagation") { config.mounts[1].options = {"rprivate"}; }
  CHECK_FALSE(starts_empty(compiler));
}

}  // namespace
}  // namespace berth::plan
