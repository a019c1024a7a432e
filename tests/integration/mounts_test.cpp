// Mounts: order, sources, destinations. Options have a file of their own.
#include <sys/mount.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

TEST_CASE_METHOD(Machine, "mounts are made in the listed order (MT-1)", "[mounts]") {
  const std::string source = new_directory("source");
  write_file(source + "/below", "hidden\n");
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source, "/data", {"bind"})
      .add_mount("tmpfs", "first", "/data", {})
      .add_mount("tmpfs", "second", "/data/deeper", {});
  Container box(*this, bundle);
  box.create();
  std::vector<std::string> order;
  for (const MountEntry& mount : mounts_of(box.pid())) {
    if (mount.mountpoint.compare(0, 5, "/data") == 0) order.push_back(mount.source);
  }
  REQUIRE(order.size() == 3);
  CHECK(order[1] == "first");
  CHECK(order[2] == "second");
  CHECK(names_in(box.inside("/data")) == std::vector<std::string>{"deeper"});
}

TEST_CASE_METHOD(Machine, "more mounts than descriptors go into one message (MT-1)", "[mounts]") {
  const std::string source = place() + "/source";
  write_file(source, "here");
  Bundle bundle = new_bundle();
  constexpr int kMounts = 300;  // socket.h, kMostFds
  for (int i = 0; i < kMounts; ++i) {
    bundle.add_mount("bind", source, "/many/" + std::to_string(i), {"bind"});
  }
  CHECK_THAT(run(bundle, "cat /many/0 /many/253 /many/299; ls /many | wc -l"),
             Prints("hereherehere300\n"));
}

TEST_CASE_METHOD(Machine, "a bind source is absolute, or relative to the bundle (MT-3)",
                 "[mounts]") {
  const std::string source = new_directory("source");
  write_file(source + "/file", "absolute\n");
  Bundle bundle = new_bundle();
  fs::create_directory(bundle.directory() + "/beside");
  write_file(bundle.directory() + "/beside/file", "relative\n");
  bundle.add_mount("bind", source, "/a", {"bind"}).add_mount("none", "beside", "/b", {"rbind"});
  CHECK_THAT(run(bundle, "cat /a/file /b/file"), Prints("absolute\nrelative\n"));
}

TEST_CASE_METHOD(Machine, "bind leaves submounts out, rbind takes them along (MO-bind MO-rbind)",
                 "[mounts]") {
  const std::string source = new_directory("source");
  const std::string below = new_directory("source/below");
  REQUIRE(mount("below", below.c_str(), "tmpfs", 0, nullptr) == 0);
  write_file(below + "/file", "seen\n");
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source, "/flat", {"bind"}).add_mount("bind", source, "/deep", {"rbind"});
  CHECK_THAT(run(bundle, "ls /flat/below; cat /deep/below/file"), Prints("seen\n"));
  REQUIRE(umount2(below.c_str(), MNT_DETACH) == 0);
}

TEST_CASE_METHOD(Machine, "a missing destination is made: directory for directory, file for file",
                 "[mounts]") {
  const std::string source = new_directory("source");
  write_file(source + "/file", "content\n");
  REQUIRE(mkfifo((source + "/fifo").c_str(), 0644) == 0);
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source, "/new/directory", {"bind"})
      .add_mount("bind", source + "/file", "/new/file", {"bind"})
      .add_mount("bind", source + "/fifo", "/new//fifo/", {"bind"})
      .add_mount("tmpfs", "tmpfs", "//new///tmp", {});
  CHECK_THAT(run(bundle, "cat /new/directory/file /new/file; stat -c %F /new/fifo /new/tmp"),
             Prints("content\ncontent\nfifo\ndirectory\n"));
}

TEST_CASE_METHOD(Machine, "a relative destination is taken from / (MT-2)", "[mounts]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "relative", "some/where", {});
  Container box(*this, bundle);
  box.create();
  CHECK(mount_at(box.pid(), "/some/where").source == "relative");
}

TEST_CASE_METHOD(Machine, "directory on file and file on directory are refused", "[mounts]") {
  const std::string source = new_directory("source");
  write_file(source + "/file", "");
  Bundle directory = new_bundle().add_mount("bind", source, "/etc/passwd", {"bind"});
  CHECK_THAT(run(directory), Fails({"not a directory"}));
  Bundle file = new_bundle().add_mount("bind", source + "/file", "/etc", {"bind"});
  CHECK_THAT(run(file), Fails({"not a directory"}));
}

// Where a symbolic link of the image points to, and the place inside that it means. Refusing to
// mount there is right, too.
struct Link {
  std::string target;
  std::string inside;  ///< empty: either way
};

TEST_CASE_METHOD(Machine,
                 "links in the image lead to places in the image, never to the host's (SR-1)",
                 "[mounts][security]") {
  const std::string outside = new_directory("outside");
  const Link links[] = {{outside, outside},
                        {"../../../../../../../.." + outside, outside},
                        {place() + "/nowhere/at/all", place() + "/nowhere/at/all"},
                        {"/proc/1/root" + outside, ""}};
  for (const Link& link : links) {
    INFO(link.target);
    Bundle bundle = new_bundle().add_mount("tmpfs", "ours", "/link/sub", {});
    fs::create_symlink(link.target, bundle.in_image("/link"));
    Container box(*this, bundle);
    const bool made = box.try_create().status == 0;
    CHECK(names_in(outside).empty());
    CHECK_FALSE(fs::exists(place() + "/nowhere"));
    if (made && !link.inside.empty()) CHECK(is_mounted(box.pid(), link.inside + "/sub"));
  }
}

TEST_CASE_METHOD(Machine, "a bind onto a link of the image covers what it points to inside (SR-1)",
                 "[mounts][security]") {
  const std::string outside = new_directory("outside");
  write_file(outside + "/file", "host\n");
  const std::string source = new_directory("source");
  write_file(source + "/file", "bound\n");
  Bundle bundle = new_bundle().add_mount("bind", source + "/file", "/link", {"bind"});
  fs::create_symlink(outside + "/file", bundle.in_image("/link"));
  CHECK_THAT(run(bundle, "cat " + outside + "/file"), Prints("bound\n"));
  CHECK(read_file(outside + "/file") == "host\n");
}

TEST_CASE_METHOD(Machine, "a source that is missing is an error at its property (RT-CREATE-5)",
                 "[mounts][berth]") {
  Bundle bundle = new_bundle().add_mount("bind", place() + "/missing", "/data", {"bind"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6", place() + "/missing", "no such file or directory"}));
}

TEST_CASE_METHOD(Machine, "a file system type that the kernel does not have is an error (MT-4)",
                 "[mounts]") {
  Bundle bundle = new_bundle().add_mount("wormfs", "none", "/data", {});
  CHECK_THAT(run(bundle), Fails());
}

TEST_CASE_METHOD(Machine, "the error for an unknown file system type names property and type",
                 "[mounts][berth]") {
  Bundle bundle = new_bundle().add_mount("wormfs", "none", "/data", {});
  CHECK_THAT(run(bundle), Fails({"/mounts/6", "wormfs"}));
}

TEST_CASE_METHOD(Machine, "the default file systems have their types (FS-1 MT-4)", "[mounts]") {
  Container box(*this, new_bundle());
  box.create();
  CHECK(mount_at(box.pid(), "/proc").type == "proc");
  CHECK(mount_at(box.pid(), "/sys").type == "sysfs");
  CHECK(mount_at(box.pid(), "/dev").type == "tmpfs");
  CHECK(mount_at(box.pid(), "/dev/pts").type == "devpts");
  CHECK(mount_at(box.pid(), "/dev/shm").type == "tmpfs");
  CHECK(mount_at(box.pid(), "/dev/mqueue").type == "mqueue");
}

// runc needs a /proc.
TEST_CASE_METHOD(Machine, "a config without any mounts works (RT-CREATE-4)", "[mounts][berth]") {
  Bundle bundle = new_bundle().set("/mounts", "[]");
  bundle.set("/linux/maskedPaths", "[]").set("/linux/readonlyPaths", "[]");
  CHECK_THAT(run(bundle, "echo bare"), Prints("bare\n"));
}

TEST_CASE_METHOD(Machine, "an overlay is mounted from its data options (MO-UNKNOWN-1)",
                 "[mounts]") {
  // Not on another overlay, which the temporary directory may be on.
  const std::string base = new_directory("layers");
  REQUIRE(mount("layers", base.c_str(), "tmpfs", 0, nullptr) == 0);
  for (const char* name : {"lower", "upper", "work"}) new_directory(std::string("layers/") + name);
  write_file(base + "/lower/file", "lower\n");
  Bundle bundle = new_bundle().add_mount(
      "overlay", "overlay", "/data",
      {"lowerdir=" + base + "/lower", "upperdir=" + base + "/upper", "workdir=" + base + "/work"});
  CHECK_THAT(run(bundle, "cat /data/file; echo upper > /data/file"), Prints("lower\n"));
  CHECK(read_file(base + "/lower/file") == "lower\n");
  CHECK(read_file(base + "/upper/file") == "upper\n");
  REQUIRE(umount2(base.c_str(), MNT_DETACH) == 0);
}

TEST_CASE_METHOD(Machine, "an overlay may have layers of any length (MO-UNKNOWN-1)",
                 "[mounts][berth]") {
  const std::string base = new_directory("layers");
  REQUIRE(mount("layers", base.c_str(), "tmpfs", 0, nullptr) == 0);
  const std::string a = "layers/a:" + std::string(120, 'a'), b = "layers/" + std::string(120, 'b');
  const std::string deep = "layers/" + std::string(200, 'c') + "/" + std::string(200, 'd');
  const auto layer = [&](const std::string& path, const std::string& text) {
    write_file(new_directory(path) + "/top", text);
    write_file(place() + "/" + path + "/" + text, text);
    return place() + "/" + path;
  };
  std::string lower = layer(a, "first") + ":" + layer(b, "second") + ":" + layer(deep, "third");
  lower.insert(lower.find(':'), "\\");
  const std::string upper = new_directory(deep + "/upper"), work = new_directory(deep + "/work");
  Bundle bundle = new_bundle().add_mount("overlay", "overlay", "/data", {"lowerdir=" + lower});
  CHECK_THAT(run(bundle, "cat /data/top /data/second /data/third"), Prints("firstsecondthird"));
  bundle.set("/mounts/6/options/-", json::quote("upperdir=" + upper));
  bundle.set("/mounts/6/options/-", json::quote("workdir=" + work));
  CHECK_THAT(run(bundle, "echo new > /data/top"), Succeeds());
  CHECK(read_file(upper + "/top") == "new\n");
  REQUIRE(umount2(base.c_str(), MNT_DETACH) == 0);
}

TEST_CASE_METHOD(Machine, "mounts over files of /proc are for a few known ones only (SR-6)",
                 "[mounts][security]") {
  const std::string source = new_directory("source");
  Bundle bundle = new_bundle().add_mount("bind", source, "/proc/self", {"bind"});
  CHECK_THAT(run(bundle), Fails({"proc"}));
}

}  // namespace
}  // namespace berth::test
