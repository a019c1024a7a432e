// Id-mapped mounts: the mount's own mapping, or the container's.
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/holder.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

constexpr unsigned kFirst = 100000;  // of Bundle::map_users and Holder
constexpr const char* kOwners = "stat -c %u:%g /data/file; touch /data/new; stat -c %u /data/new";

std::string owner_of(const std::string& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
}

/// A directory with a file of the ids 0:5 in it.
std::string new_source(Machine& machine) {
  std::string source = machine.new_directory("source");
  REQUIRE(chmod(source.c_str(), 0777) == 0);
  write_file(source + "/file", "");
  REQUIRE(chown((source + "/file").c_str(), 0, 5) == 0);
  return source;
}

/// With a user namespace; its root cannot make the place for the mount in the image.
Bundle new_mapped_bundle(Machine& machine) {
  Bundle bundle = machine.new_bundle().map_users(kFirst);
  std::filesystem::create_directory(bundle.in_image("/data"));
  return bundle;
}

Bundle& add_mappings(Bundle& bundle, const std::string& uids, const std::string& gids) {
  return bundle.set("/mounts/6/uidMappings", uids).set("/mounts/6/gidMappings", gids);
}

/// False, and says so, where the file system of the temporary directory has no id-mapped mounts.
bool can_map(const Outcome& outcome) {
  if (!contains(outcome.err, "does not support one on this kernel")) return true;
  skip("the file system of the temporary directory takes no id mapping");
  return false;
}

TEST_CASE_METHOD(Machine, "a mount has its own id mapping (MO-idmap-1 MT-5)", "[mounts][idmap]") {
  const std::string source = new_source(*this);
  Bundle bundle = new_bundle().add_mount("bind", source, "/data", {"bind", "idmap"});
  add_mappings(
      bundle, R"([{"containerID":0,"hostID":1000,"size":10}])",
      R"([{"containerID":0,"hostID":2000,"size":3},{"containerID":5,"hostID":7,"size":1}])");
  bundle.set("/process/user", R"({"uid": 1003, "gid": 2001})");
  const Outcome outcome = run(bundle, kOwners);
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("1000:7\n1003\n"));
  CHECK(owner_of(source + "/new") == "3:1");
}

TEST_CASE_METHOD(Machine, "a mount has the mapping of the container (MO-idmap-1)",
                 "[mounts][idmap]") {
  const std::string source = new_source(*this);
  Bundle bundle = new_mapped_bundle(*this);
  bundle.add_mount("bind", source, "/data", {"bind", "idmap"});
  const Outcome outcome = run(bundle, kOwners);
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("0:5\n0\n"));
  CHECK(owner_of(source + "/new") == "0:0");
}

TEST_CASE_METHOD(Machine, "a mount has the mapping of a user namespace that is joined (MO-idmap-1)",
                 "[mounts][idmap]") {
  const Holder holder(CLONE_NEWUSER);
  const std::string source = new_source(*this);
  Bundle bundle = new_bundle();
  std::filesystem::create_directory(bundle.in_image("/data"));
  bundle.add_namespace("user", holder.path("user"));
  bundle.add_mount("bind", source, "/data", {"bind", "idmap"});
  const Outcome outcome = run(bundle, kOwners);
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("0:5\n0\n"));
}

TEST_CASE_METHOD(Machine, "a mount's own mapping wins over the container's (MO-idmap-1)",
                 "[mounts][idmap]") {
  const std::string source = new_source(*this);
  Bundle bundle = new_mapped_bundle(*this);
  bundle.add_mount("bind", source, "/data", {"bind", "idmap"});
  add_mappings(bundle, R"([{"containerID":0,"hostID":100007,"size":1}])",
               R"([{"containerID":5,"hostID":100008,"size":1}])");
  const Outcome outcome = run(bundle, "stat -c %u:%g /data/file");
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("7:8\n"));
}

TEST_CASE_METHOD(Machine, "idmap is for the mount alone, ridmap for all below (MO-ridmap-1)",
                 "[mounts][idmap]") {
  const std::string source = new_source(*this);
  const std::string below = new_directory("source/below");
  REQUIRE(mount("below", below.c_str(), "tmpfs", 0, nullptr) == 0);
  write_file(below + "/file", "");
  Bundle bundle = new_bundle();
  bundle.add_mount("bind", source, "/flat", {"rbind", "idmap=uids=0-1000-10;gids=0-2000-10"})
      .add_mount("bind", source, "/deep", {"rbind", "ridmap=uids=0-1000-10;gids=0-2000-10"});
  const Outcome outcome =
      run(bundle, "stat -c %u /flat/file /flat/below/file /deep/file /deep/below/file");
  REQUIRE(umount2(below.c_str(), MNT_DETACH) == 0);
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("1000\n0\n1000\n1000\n"));
}

TEST_CASE_METHOD(Machine, "ids after an @ are the container's (crun)", "[mounts][idmap][berth]") {
  const std::string source = new_source(*this);
  Bundle bundle = new_mapped_bundle(*this);
  bundle.add_mount("bind", source, "/data", {"bind", "idmap=uids=@0-3-1;gids=@5-4-1"});
  const Outcome outcome = run(bundle, "stat -c %u:%g /data/file");
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("3:4\n"));
}

TEST_CASE_METHOD(Machine, "mappings without an option for them are applied, too (MT-6)",
                 "[mounts][idmap]") {
  Bundle bundle = new_bundle().add_mount("bind", new_source(*this), "/data", {"bind"});
  add_mappings(bundle, R"([{"containerID":0,"hostID":1000,"size":10}])",
               R"([{"containerID":0,"hostID":2000,"size":10}])");
  const Outcome outcome = run(bundle, "stat -c %u:%g /data/file");
  if (!can_map(outcome)) return;
  CHECK_THAT(outcome, Prints("1000:2005\n"));
}

TEST_CASE_METHOD(Machine, "a new file system can have a mapping (MO-idmap-1)",
                 "[mounts][idmap][berth]") {
  Bundle bundle = new_bundle().add_mount("tmpfs", "tmpfs", "/data", {"idmap"});
  add_mappings(bundle, R"([{"containerID":0,"hostID":1000,"size":10}])",
               R"([{"containerID":0,"hostID":2000,"size":10}])");
  const Outcome outcome = run(bundle, "stat -c %u:%g /data");
  if (contains(outcome.err, "takes no id mapping on this kernel")) {
    return skip("tmpfs takes no id mapping on this kernel");
  }
  CHECK_THAT(outcome, Prints("1000:2000\n"));
}

TEST_CASE_METHOD(Machine, "without any mapping idmap is an error (MO-idmap-1)", "[mounts][idmap]") {
  for (const char* word : {"idmap", "ridmap"}) {
    Bundle bundle = new_bundle().add_mount("bind", place(), "/data", {"bind", word});
    CHECK_THAT(run(bundle), Fails());
  }
}

TEST_CASE_METHOD(Machine, "the error for idmap without a mapping names the option (MO-idmap-1)",
                 "[mounts][idmap][berth]") {
  Bundle bundle = new_bundle().add_mount("bind", place(), "/data", {"bind", "idmap"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6/options/1", "uidMappings", "user namespace"}));
}

TEST_CASE_METHOD(Machine,
                 "a file system without id mappings is named, and nothing is left unmapped (SR-47)",
                 "[mounts][idmap][berth]") {
  Bundle bundle = new_bundle().map_users(kFirst);
  bundle.add_mount("bind", "/proc/sys", "/data", {"bind", "idmap"});
  CHECK_THAT(run(bundle), Fails({"/mounts/6/options/1", "'proc'", "id mapping"}));
  Bundle own = new_bundle().add_mount("bind", "/proc/sys", "/data", {"bind", "idmap"});
  add_mappings(own, R"([{"containerID":0,"hostID":1000,"size":10}])",
               R"([{"containerID":0,"hostID":2000,"size":10}])");
  CHECK_THAT(run(own), Fails({"/mounts/6/options/1", "'proc'", "id mapping"}));
}

}  // namespace
}  // namespace berth::test
