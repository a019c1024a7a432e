#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

Lines with_propagation(const std::string& word) {
  FilesCompiler compiler;
  compiler.config.linux.rootfs_propagation = word;
  Lines found;
  for (const std::string& line : compiler.root()) {
    if (line.find("_propagation ") != std::string::npos) {
      found.push_back(line.substr(6, line.find(" <-") - 6));
    }
  }
  CHECK(compiler.faults().empty());
  return found;
}

TEST_CASE("a new mount namespace is taken off the host, gets the root and enters it (CF-ROOT-2)") {
  CHECK(FilesCompiler().root() ==
        Lines{"host open_tree path='/b/rootfs' recursive no_magic_links to=0 <- /root/path",
              "child detach_propagation type='slave'",
              "child attach_root path='/b/rootfs' tree=0 <- /root/path",
              "child set_propagation type='slave' recursive", "child enter_root <- /root/path"});
}

TEST_CASE("an absolute root path is not of the bundle (CF-ROOT-2)") {
  FilesCompiler compiler;
  compiler.config.root->path = "/images/a";
  CHECK(compiler.root()[0] ==
        "host open_tree path='/images/a' recursive no_magic_links to=0 <- /root/path");
}

TEST_CASE("a missing root and a missing root path are mistakes (CF-ROOT-1, CF-ROOT-2)") {
  FilesCompiler none;
  none.config.root.reset();
  (void)none.root();
  CHECK(none.faults() == Lines{"/root"});
  FilesCompiler empty;
  empty.config.root->path.clear();
  (void)empty.root();
  CHECK(empty.faults() == Lines{"/root/path"});
}

TEST_CASE("with --no-pivot the root is entered by chroot, when the host's procfs is gone (SR-4)") {
  FilesCompiler compiler;
  compiler.request.no_pivot = true;
  compiler.host.kernel_mounts.paths = {"/sys", "/proc", "/proc"};
  const Lines lines = compiler.root();
  CHECK(Lines(lines.end() - 5, lines.end()) ==
        Lines{"child move_root <- /root/path", "child remove_mount path='/sys'",
              "child remove_mount path='/proc'", "child remove_mount path='/proc'",
              "child enter_root entry='chroot' <- /root/path"});
}

TEST_CASE("the flag --no-pivot is refused where a procfs of the host cannot be reached") {
  FilesCompiler compiler;
  compiler.request.no_pivot = true;
  compiler.host.kernel_mounts.unreachable = "/a/proc";
  (void)compiler.root();
  CHECK(compiler.faults() == Lines{"?--no-pivot"});
}

TEST_CASE("in a joined mount namespace nothing is mounted where others would see it") {
  FilesCompiler compiler;
  compiler.config.linux.namespaces[0].path = "/proc/1/ns/mnt";
  CHECK(compiler.root() ==
        Lines{"host open_directory path='/b/rootfs' to=0 <- /root/path",
              "child clone_tree path='/b/rootfs' recursive no_magic_links to=1 <- /root/path",
              "child use_root directory=1 <- /root/path",
              "child set_propagation type='slave' recursive",
              "child enter_root entry='chroot' <- /root/path"});
}

TEST_CASE("without a mount namespace nothing is mounted") {
  FilesCompiler compiler;
  compiler.config.linux.namespaces.clear();
  CHECK(compiler.root() == Lines{"host open_directory path='/b/rootfs' to=0 <- /root/path",
                                 "child use_root directory=0 <- /root/path",
                                 "child enter_root entry='chroot' <- /root/path"});
  CHECK(compiler.faults().empty());
}

TEST_CASE(
    "without a mount namespace mounts are made on a copy of the root that the host never sees") {
  FilesCompiler compiler;
  compiler.config.linux.namespaces.clear();
  spec::Config& config = compiler.config;
  SECTION("a mount") { config.mounts = {{.destination = "/a", .type = "tmpfs"}}; }
  SECTION("a read-only root") { config.root->readonly = true; }
  SECTION("a terminal") { config.process = spec::Process{.terminal = true}; }
  SECTION("a propagation") { config.linux.rootfs_propagation = "shared"; }
  SECTION("a masked path") { config.linux.masked_paths = {"/a"}; }
  SECTION("a read-only path") { config.linux.readonly_paths = {"/b"}; }
  const Lines lines = compiler.root();
  CHECK(compiler.faults().empty());
  CHECK(lines[0] == "host open_tree path='/b/rootfs' recursive no_magic_links to=0 <- /root/path");
  CHECK(lines[1] == "child use_root directory=0 <- /root/path");
}

TEST_CASE("a user namespace needs a mount namespace: its root could mount nothing") {
  FilesCompiler compiler;
  compiler.config.linux.namespaces = {{.type = "user"}};
  (void)compiler.root();
  CHECK(compiler.faults() == Lines{"/linux/namespaces"});
}

TEST_CASE("read-only and masked paths, then the root itself (RO-1, MK-1, CF-ROOT-5)") {
  FilesCompiler compiler;
  compiler.config.root->readonly = true;
  compiler.config.linux.rootfs_propagation = "rshared";
  compiler.config.linux.masked_paths = {"/proc/kcore", "/proc//kcore", "/sys/firmware"};
  compiler.config.linux.readonly_paths = {"/proc/sys/"};
  const Lines lines = compiler.root();
  CHECK(Lines(lines.begin() + 5, lines.end()) ==
        Lines{"child protect_path path='/proc/sys' <- /linux/readonlyPaths/0",
              "child mask_path path='/proc/kcore' <- /linux/maskedPaths/0",
              "child mask_path path='/sys/firmware' <- /linux/maskedPaths/2",
              "child find_mount path='/' <- /root/readonly",
              "child set_attributes attributes='+ro' <- /root/readonly",
              "child find_mount path='/' <- /linux/rootfsPropagation",
              "child set_propagation type='shared' recursive <- /linux/rootfsPropagation"});
}

TEST_CASE("a masked or read-only path that is relative, or the root, is a mistake (MK-1, RO-1)") {
  FilesCompiler compiler;
  compiler.config.linux.masked_paths = {"proc/kcore", "/"};
  compiler.config.linux.readonly_paths = {"", "/a/.."};
  (void)compiler.root();
  CHECK(compiler.faults() == Lines{"/linux/readonlyPaths/0", "/linux/readonlyPaths/1",
                                   "/linux/maskedPaths/0", "/linux/maskedPaths/1"});
}

TEST_CASE("the root's propagation is that of the config only at the end (RP-1)") {
  const Lines slave = {"detach_propagation type='slave'", "set_propagation type='slave' recursive"};
  const Lines closed = {"detach_propagation type='slave'",
                        "set_propagation type='private' recursive"};
  const auto then = [](Lines lines, const std::string& last) {
    lines.push_back(last);
    return lines;
  };
  CHECK(with_propagation("slave") == slave);
  CHECK(with_propagation("rslave") == slave);
  CHECK(with_propagation("private") == closed);
  CHECK(with_propagation("rprivate") == closed);
  CHECK(with_propagation("shared") == then(closed, "set_propagation type='shared'"));
  CHECK(with_propagation("rshared") == then(closed, "set_propagation type='shared' recursive"));
  CHECK(with_propagation("unbindable") == then(closed, "set_propagation type='unbindable'"));
  CHECK(with_propagation("runbindable") ==
        then(closed, "set_propagation type='unbindable' recursive"));
}

}  // namespace
}  // namespace berth::plan
