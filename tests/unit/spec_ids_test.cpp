// The ranges of user and group ids, wherever config.json has one.
#include "tests/unit/spec_fragments.h"

namespace berth::spec {
namespace {

constexpr char kLast[] = "to 4294967294";
constexpr char kEnd[] = "up to the last id, 4294967294";

TEST_CASE(
    "SR-22 US-1 US-3 DV-5 UM-1: 4294967295 is not an id, and the kernel gives it another meaning") {
  check_mistakes({
      {"US-1", kProcess, R"("user":{"uid":^4294967295,"gid":0})", "/process/user/uid", kLast},
      {"US-1", kProcess, R"("user":{"uid":0,"gid":^4294967295})", "/process/user/gid", kLast},
      {"US-1", kProcess, R"("user":{"uid":^4294967296,"gid":0})", "/process/user/uid", kLast},
      {"US-1", kProcess, R"("user":{"uid":^-1,"gid":0})", "/process/user/uid", kLast},
      {"US-3", kProcess, R"("user":{"uid":0,"gid":0,"additionalGids":[5,^4294967295]})",
       "/process/user/additionalGids/1", kLast},
      {"DV-5", kLinux, R"("devices":[{"type":"p","path":"/d","uid":^4294967295}])",
       "/linux/devices/0/uid", kLast},
      {"DV-5", kLinux, R"("devices":[{"type":"p","path":"/d","gid":^4294967295}])",
       "/linux/devices/0/gid", kLast},
      {"UM-1", kLinux, R"("uidMappings":[{"containerID":^4294967295,"hostID":1,"size":1}])",
       "/linux/uidMappings/0/containerID", kLast},
      {"UM-1", kLinux, R"("gidMappings":[{"containerID":1,"hostID":^4294967295,"size":1}])",
       "/linux/gidMappings/0/hostID", kLast},
  });
}

TEST_CASE("SR-22 UM-1: no mapping goes beyond the last id, on either side") {
  check_mistakes({
      {"UM-1", kLinux, R"("uidMappings":[{"containerID":4294967294,"hostID":0,"size":^2}])",
       "/linux/uidMappings/0/size", kEnd},
      {"UM-1", kLinux, R"("gidMappings":[{"containerID":0,"hostID":4294967000,"size":^296}])",
       "/linux/gidMappings/0/size", kEnd},
      {"UM-1", kTop,
       R"("mounts":[{"destination":"/m","uidMappings":[{"containerID":2,"hostID":1,"size":^4294967295}],)"
       R"("gidMappings":[{"containerID":0,"hostID":0,"size":1}]}])",
       "/mounts/0/uidMappings/0/size", kEnd},
  });
}

TEST_CASE("US-1 UM-1: the last id is one, and all of them can be mapped") {
  const Config config =
      read(kProcess, R"("user":{"uid":4294967294,"gid":4294967294,"additionalGids":[4294967294]})");
  CHECK(config.process->user.uid == 4294967294);
  CHECK(read(kLinux, R"("uidMappings":[{"containerID":0,"hostID":0,"size":4294967295}])")
            .linux.uid_mappings[0]
            .size == 4294967295);
  CHECK(read(kLinux, R"("uidMappings":[{"containerID":4294967294,"hostID":4294967294,"size":1}])")
            .linux.uid_mappings.size() == 1);
}

}  // namespace
}  // namespace berth::spec
