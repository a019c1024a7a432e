#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/plan_files.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {
namespace {

FilesCompiler with_devices(std::vector<spec::Device> devices) {
  FilesCompiler compiler;
  compiler.config.linux.devices = std::move(devices);
  return compiler;
}

/// The FIFO, or the node of the config. If the kernel refuses the node, the host's is bound, which
/// must be equal where the config says something about mode or owner.
std::string made(const std::string& path, const std::string& device,
                 const std::string& owner = {}) {
  std::string line = "child make_device path='" + path + "' device='" + device + "'" + owner;
  if (device.starts_with('p')) return line;
  const bool has_attributes = !owner.empty() || !device.ends_with("0666");
  return line + (has_attributes ? " refused='bind_equal'" : " refused='bind'");
}

Lines default_devices() {
  return {made("/dev/null", "c 1:3 0666"),    made("/dev/zero", "c 1:5 0666"),
          made("/dev/full", "c 1:7 0666"),    made("/dev/random", "c 1:8 0666"),
          made("/dev/urandom", "c 1:9 0666"), made("/dev/tty", "c 5:0 0666")};
}

const Lines kLinks = {"child make_symlink path='/dev/fd' target='/proc/self/fd'",
                      "child make_symlink path='/dev/stdin' target='/proc/self/fd/0'",
                      "child make_symlink path='/dev/stdout' target='/proc/self/fd/1'",
                      "child make_symlink path='/dev/stderr' target='/proc/self/fd/2'"};

Lines joined(Lines first, const Lines& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// What linux.devices adds to the default devices.
Lines added(std::vector<spec::Device> devices) {
  FilesCompiler compiler = with_devices(std::move(devices));
  const Lines lines = compiler.devices();
  CHECK(compiler.faults().empty());
  return {lines.begin() + 6, lines.end() - 4};
}

Lines faults(std::vector<spec::Device> devices) {
  FilesCompiler compiler = with_devices(std::move(devices));
  (void)compiler.devices();
  return compiler.faults();
}

TEST_CASE("every container has the default devices and links (DD-1, RL-DEV-1)") {
  CHECK(FilesCompiler().devices() == joined(default_devices(), kLinks));
}

TEST_CASE("a device of the config has its type, numbers, mode and owner (DV-1, DV-2, DV-5)") {
  CHECK(added({{.type = "c",
                .path = "/dev/x",
                .major = 10,
                .minor = 229,
                .file_mode = 0640,
                .uid = 7,
                .gid = 8}}) ==
        Lines{made("/dev/x", "c 10:229 0640", " owner='7:8'") + " <- /linux/devices/0"});
}

TEST_CASE("all four device types are made, anywhere (DV-2, DV-4)") {
  CHECK(added({{.type = "c", .path = "/c", .major = 1, .minor = 2},
               {.type = "u", .path = "/a/u", .major = 3, .minor = 4},
               {.type = "b", .path = "/dev/b/", .major = 4095, .minor = 1048575},
               {.type = "p", .path = "/dev/p"}}) ==
        Lines{made("/c", "c 1:2 0666") + " <- /linux/devices/0",
              made("/a/u", "c 3:4 0666") + " <- /linux/devices/1",
              made("/dev/b", "b 4095:1048575 0666") + " <- /linux/devices/2",
              made("/dev/p", "p 0666") + " <- /linux/devices/3"});
}

TEST_CASE("type bits in fileMode do not count (DV-5)") {
  CHECK(added({{.type = "p", .path = "/p", .file_mode = S_IFBLK | 01600}}) ==
        Lines{made("/p", "p 01600") + " <- /linux/devices/0"});
}

TEST_CASE("a device in the place of a default one replaces it (DD-1)") {
  const Lines lines =
      with_devices({{.type = "c", .path = "/dev/null", .major = 1, .minor = 3, .file_mode = 0600}})
          .devices();
  Lines expected = default_devices();
  expected.erase(expected.begin());
  expected.push_back(made("/dev/null", "c 1:3 0600") + " <- /linux/devices/0");
  CHECK(lines == joined(expected, kLinks));
}

TEST_CASE("a device that cannot be is reported at its property (DV-2)") {
  CHECK(faults({{.type = "c", .path = "/v", .major = 4096, .minor = 1 << 20},
                {.type = "p", .path = "/"},
                {.type = "p", .path = "/w"},
                {.type = "c", .path = "//w/", .major = 1, .minor = 1}}) ==
        Lines{"/linux/devices/0/major", "/linux/devices/0/minor", "/linux/devices/1/path",
              "/linux/devices/3"});
}

TEST_CASE("ptmx is that of the container's devpts (DD-3)") {
  FilesCompiler compiler;
  compiler.config.mounts = {{.destination = "/dev/pts/", .type = "devpts"}};
  const std::string link = "child make_symlink path='/dev/ptmx' target='pts/ptmx' replaces";
  CHECK(compiler.devices() == joined(joined(default_devices(), kLinks), {link}));
  compiler.config.mounts[0].destination = "/other";
  CHECK(compiler.devices().back() == kLinks.back());
}

TEST_CASE("a ptmx of the config never covers that of the devpts (DD-3)") {
  FilesCompiler compiler =
      with_devices({{.type = "c", .path = "/dev/ptmx", .major = 5, .minor = 2}});
  SECTION("as root") {}
  SECTION("where devices are bound") {
    compiler.add_namespace("user");
    compiler.config.linux.uid_mappings = compiler.config.linux.gid_mappings = {{.size = 65536}};
  }
  compiler.config.mounts = {{.destination = "/dev/pts", .type = "devpts"}};
  const Lines lines = compiler.devices();
  CHECK(lines.back() == "child make_symlink path='/dev/ptmx' target='pts/ptmx' replaces");
  CHECK(std::none_of(lines.begin(), lines.end() - 1, [](const std::string& line) {
    return line.find("/dev/ptmx") != std::string::npos;
  }));
  CHECK(compiler.faults().empty());
}

TEST_CASE("a ptmx of the config is made where there is no devpts (DV-1)") {
  FilesCompiler compiler =
      with_devices({{.type = "c", .path = "/dev/ptmx", .major = 5, .minor = 2}});
  const Lines lines = compiler.devices();
  CHECK(std::count(lines.begin(), lines.end(),
                   made("/dev/ptmx", "c 5:2 0666") + " <- /linux/devices/0") == 1);
}

TEST_CASE("another device cannot be called ptmx beside a devpts (DD-3)") {
  FilesCompiler compiler =
      with_devices({{.type = "c", .path = "/dev/ptmx", .major = 1, .minor = 3}});
  compiler.config.mounts = {{.destination = "/dev/pts", .type = "devpts"}};
  (void)compiler.devices();
  CHECK(compiler.faults() == Lines{"/linux/devices/0"});
}

TEST_CASE("nothing is made in a /dev that is a bind mount") {
  FilesCompiler compiler =
      with_devices({{.type = "p", .path = "/dev/p"}, {.type = "p", .path = "/p"}});
  compiler.config.mounts = {{.destination = "/dev", .source = "/dev", .options = {"rbind"}},
                            {.destination = "/dev/pts", .type = "devpts"}};
  CHECK(compiler.devices() == Lines{made("/p", "p 0666") + " <- /linux/devices/1"});
  CHECK(compiler.warnings.size() == 1);
}

/// All in /dev, and one device with an owner; `kind` of user namespace: new, joined or none.
FilesCompiler with_fuse(const std::string& user_namespace) {
  FilesCompiler compiler = with_devices({{.type = "c",
                                          .path = "/dev/fuse",
                                          .major = 10,
                                          .minor = 229,
                                          .file_mode = 0640,
                                          .uid = 7,
                                          .gid = 8},
                                         {.type = "p", .path = "/dev/p"}});
  compiler.config.linux.uid_mappings = {{.container_id = 5, .host_id = 1000, .size = 3}};
  compiler.config.linux.gid_mappings = {{.container_id = 0, .host_id = 2000, .size = 9}};
  if (user_namespace == "none") return compiler;
  const std::string path = user_namespace == "new" ? "" : "/u";
  compiler.config.linux.namespaces.push_back({.type = "user", .path = path});
  return compiler;
}

const std::string kFifo = made("/dev/p", "p 0666") + " <- /linux/devices/1";

TEST_CASE("in a user namespace the default devices are the host's, verified (DD-1)") {
  FilesCompiler compiler;
  compiler.add_namespace("user");
  const Lines lines = compiler.devices();
  CHECK(Lines(lines.begin(), lines.begin() + 6) ==
        Lines{"host open_tree path='/dev/null' to=1", "host open_tree path='/dev/zero' to=2",
              "host open_tree path='/dev/full' to=3", "host open_tree path='/dev/random' to=4",
              "host open_tree path='/dev/urandom' to=5", "host open_tree path='/dev/tty' to=6"});
  CHECK(Lines(lines.begin() + 6, lines.begin() + 10) ==
        Lines{"child check_device path='/dev/null' device='c 1:3 0666' file=1",
              "child take_tree tree=1", "child set_propagation type='slave'",
              "child place path='/dev/null'"});
  CHECK(compiler.warnings.empty());
}

TEST_CASE(
    "in a new user namespace a device is made by the host, with its owner there (DV-1, DV-5)") {
  FilesCompiler compiler = with_fuse("new");
  const Lines lines = compiler.devices();
  const std::string origin = " <- /linux/devices/0";
  CHECK(lines[6] ==
        "host new_device path='/dev/fuse' device='c 10:229 0640' owner='1002:2008' to=7" + origin);
  CHECK(Lines(lines.end() - 8, lines.end() - 4) ==
        Lines{"child take_tree tree=7" + origin, "child set_propagation type='slave'" + origin,
              "child place path='/dev/fuse'" + origin, kFifo});
  CHECK(compiler.warnings.empty());
  CHECK(compiler.faults().empty());
}

TEST_CASE("an owner that the user namespace does not have is a problem (DV-5)") {
  FilesCompiler compiler = with_fuse("new");
  compiler.config.linux.devices[0].uid = 8;
  compiler.config.linux.devices[0].gid = 9;
  (void)compiler.devices();
  CHECK(compiler.faults() == Lines{"/linux/devices/0/uid", "/linux/devices/0/gid"});
}

TEST_CASE(
    "where no device can be made the host's is bound, verified, with a warning (DV-1, DV-5)") {
  const auto [may_make, user_namespace] = GENERATE(table<bool, std::string>(
      {{true, "joined"}, {false, "joined"}, {false, "new"}, {false, "none"}}));
  FilesCompiler compiler = with_fuse(user_namespace);
  compiler.host.may_make_devices = may_make;
  const Lines lines = compiler.devices();
  const std::string origin = " <- /linux/devices/0";
  CHECK(lines[6] == "host open_tree path='/dev/fuse' to=7" + origin);
  CHECK(Lines(lines.end() - 9, lines.end() - 4) ==
        Lines{"child check_device path='/dev/fuse' device='c 10:229 0640' file=7" + origin,
              "child take_tree tree=7" + origin, "child set_propagation type='slave'" + origin,
              "child place path='/dev/fuse'" + origin, kFifo});
  CHECK(compiler.warnings.size() == 1);
}

TEST_CASE("where mknod is refused the host's node is bound only if its path is the host's (DV-1)") {
  FilesCompiler compiler =
      with_devices({{.type = "c", .path = "/dev/x", .major = 10, .minor = 229}});
  SECTION("not in a mount namespace that is joined") {
    compiler.config.linux.namespaces = {{.type = "mount", .path = "/m"}};
  }
  SECTION("not without one of its own") { compiler.config.linux.namespaces.clear(); }
  for (const std::string& line : compiler.devices()) CHECK(line.find("refused") == line.npos);
}

TEST_CASE("the same device in two places is in both (DV-6)") {
  CHECK(added({{.type = "c", .path = "/dev/a", .major = 10, .minor = 1},
               {.type = "c", .path = "/dev/b", .major = 10, .minor = 1}})
            .size() == 2);
}

TEST_CASE("the null device is opened for what is to be masked (MK-1)") {
  FilesCompiler compiler;
  compiler.config.linux.masked_paths = {"/proc/kcore"};
  CHECK(compiler.devices().back() == "child open_null path='/dev/null' <- /linux/maskedPaths");
}

}  // namespace
}  // namespace berth::plan
