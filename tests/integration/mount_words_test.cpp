// Option words that other runtimes know and engines use: tmpcopyup, and what crun does with
// symbolic links.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

// ---- tmpcopyup ------------------------------------------------------------------------------

/// An image with one of everything in /data.
Bundle& fill(Bundle& bundle) {
  const std::string data = bundle.in_image("/data");
  fs::create_directories(data + "/deep/er");
  write_file(data + "/file", "content\n", 04751);
  write_file(data + "/deep/er/file", "below\n", 0600);
  fs::create_symlink("/etc/passwd", data + "/link");
  REQUIRE(lchown((data + "/link").c_str(), 3, 4) == 0);
  REQUIRE(lchown((data + "/file").c_str(), 1, 2) == 0);
  REQUIRE(chmod((data + "/file").c_str(), 04751) == 0);
  REQUIRE(mkfifo((data + "/fifo").c_str(), 0640) == 0);
  REQUIRE(mknod((data + "/null").c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0);
  REQUIRE(chmod((data + "/null").c_str(), 0666) == 0);
  REQUIRE(chmod((data + "/deep").c_str(), 01770) == 0);
  REQUIRE(chown(data.c_str(), 5, 6) == 0);
  REQUIRE(chmod(data.c_str(), 0711) == 0);
  return bundle.capabilities({"CAP_DAC_OVERRIDE", "CAP_FOWNER"});
}

constexpr const char* kList =
    "cd /data; stat -c '%n %F %a %u:%g' . file deep deep/er/file fifo null link; "
    "cat file deep/er/file; readlink link";
constexpr const char* kListed =
    ". directory 711 5:6\n"
    "file regular file 4751 1:2\n"
    "deep directory 1770 0:0\n"
    "deep/er/file regular file 600 0:0\n"
    "fifo fifo 640 0:0\n"
    "null character special file 666 0:0\n"
    "link symbolic link 777 3:4\n"
    "content\nbelow\n/etc/passwd\n";

TEST_CASE_METHOD(Machine, "tmpcopyup fills a tmpfs with what it covers (MO-tmpcopyup)",
                 "[mounts][options][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"tmpcopyup"});
  CHECK_THAT(run(fill(bundle), kList), Prints(kListed));
  CHECK_THAT(run(bundle, "rm -r /data/deep; echo new > /data/file"), Succeeds());
  CHECK(read_file(bundle.in_image("/data/file")) == "content\n");
  CHECK(fs::exists(bundle.in_image("/data/deep/er/file")));
}

TEST_CASE_METHOD(Machine, "tmpcopyup works for a read-only tmpfs (MO-tmpcopyup)",
                 "[mounts][options][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"ro", "tmpcopyup"});
  CHECK_THAT(run(fill(bundle), std::string(kList) + "; touch /data/x 2> /dev/null || echo ro"),
             Prints(kListed + std::string("ro\n")));
}

TEST_CASE_METHOD(Machine, "mount options take precedence over what tmpcopyup finds (MO-tmpcopyup)",
                 "[mounts][options][berth]") {
  Bundle bundle = new_bundle();
  bundle.add_mount("tmpfs", "tmpfs", "/data", {"mode=700", "uid=9", "tmpcopyup"});
  CHECK_THAT(run(fill(bundle), "stat -c '%a %u:%g' /data"), Prints("700 9:6\n"));
}

TEST_CASE_METHOD(Machine, "tmpcopyup over a missing directory makes an empty one (MO-tmpcopyup)",
                 "[mounts][options]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/nowhere/deep", {"tmpcopyup"});
  CHECK_THAT(run(bundle, "ls -a /nowhere/deep"), Prints(".\n..\n"));
}

TEST_CASE_METHOD(Machine, "extended attributes and holes are copied (MO-tmpcopyup)",
                 "[mounts][options][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"tmpcopyup"});
  fs::create_directory(bundle.in_image("/data"));
  const std::string file = bundle.in_image("/data/file");
  write_file(file, "begin");
  constexpr off_t kSize = off_t{4} << 30;
  REQUIRE(truncate(file.c_str(), kSize) == 0);
  REQUIRE(setxattr(file.c_str(), "trusted.berth", "value", 5, 0) == 0);
  Container box(*this, bundle);
  box.create();
  char value[8] = {};
  CHECK(getxattr(box.inside("/data/file").c_str(), "trusted.berth", value, sizeof value) == 5);
  CHECK(std::string(value) == "value");
  struct stat status = {};
  REQUIRE(stat(box.inside("/data/file").c_str(), &status) == 0);
  CHECK(status.st_size == kSize);
  CHECK(status.st_blocks < 1024);
}

TEST_CASE_METHOD(Machine,
                 "tmpcopyup follows no link, and copies no other mount (MO-tmpcopyup SR-1)",
                 "[mounts][options][security]") {
  const std::string outside = new_directory("outside");
  write_file(outside + "/secret", "host\n");
  Bundle bundle = new_bundle();
  fs::create_directories(bundle.in_image("/data/mounted"));
  fs::create_symlink(outside, bundle.in_image("/data/link"));
  fs::create_symlink("../../../../../../../.." + outside, bundle.in_image("/top"));
  bundle.add_mount("bind", outside, "/data/mounted", {"bind"})
      .add_mount("tmpfs", "tmpfs", "/data", {"tmpcopyup"})
      .add_mount("tmpfs", "tmpfs", "/top", {"tmpcopyup"});
  CHECK_THAT(run(bundle, "ls /data /top/"), Prints("/data:\nlink\n\n/top/:\n"));
}

TEST_CASE_METHOD(Machine, "tmpcopyup in a user namespace keeps mapped owners (MO-tmpcopyup)",
                 "[mounts][options][berth]") {
  Bundle bundle = new_bundle().map_users(100000);
  bundle.add_mount("tmpfs", "tmpfs", "/data", {"tmpcopyup"});
  fs::create_directory(bundle.in_image("/data"));
  write_file(bundle.in_image("/data/file"), "content\n");
  REQUIRE(chown(bundle.in_image("/data/file").c_str(), 100007, 100008) == 0);
  CHECK_THAT(run(bundle, "stat -c %u:%g /data/file; cat /data/file"), Prints("7:8\ncontent\n"));
}

// ---- symbolic links -------------------------------------------------------------------------

/// A directory with a link in it that leads to a file beside it.
std::string new_links(Machine& machine) {
  std::string source = machine.new_directory("source");
  write_file(source + "/file", "content\n");
  fs::create_symlink("file", source + "/link");
  return source;
}

TEST_CASE_METHOD(Machine, "copy-symlink makes the link of the source again (crun)",
                 "[mounts][options]") {
  const std::string source = new_links(*this);
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source + "/link", "/new/link", {"bind", "copy-symlink"})
      .add_mount("bind", source + "/file", "/plain", {"bind", "copy-symlink"});
  const char* script = "readlink /new/link; cat /plain";
  CHECK_THAT(run(bundle, script), Prints("file\ncontent\n"));
  // The same link is there already.
  CHECK_THAT(run(bundle, script), Prints("file\ncontent\n"));
}

TEST_CASE_METHOD(Machine, "copy-symlink leaves alone what is there (crun)",
                 "[mounts][options][berth]") {
  const std::string source = new_links(*this);
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source + "/link", "/etc/passwd", {"bind", "copy-symlink"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6", "/etc/passwd", "something else"}));
  CHECK(contains(read_file(bundle.in_image("/etc/passwd")), "root"));
}

TEST_CASE_METHOD(Machine, "src-nofollow mounts the link itself (crun)", "[mounts][options]") {
  const std::string source = new_links(*this);
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source + "/link", "/data", {"bind", "src-nofollow"});
  CHECK_THAT(run(bundle, "readlink /data"), Prints("file\n"));
}

TEST_CASE_METHOD(Machine, "dest-nofollow mounts over the link itself (crun)", "[mounts][options]") {
  const std::string source = new_links(*this);
  Bundle bundle = new_bundle();
  write_file(bundle.in_image("/etc/target"), "image\n");
  fs::create_symlink("etc/target", bundle.in_image("/data"));
  bundle.add_mount("bind", source + "/file", "/data", {"bind", "dest-nofollow"});
  CHECK_THAT(run(bundle, "cat /data /etc/target"), Prints("content\nimage\n"));
}

}  // namespace
}  // namespace berth::test
