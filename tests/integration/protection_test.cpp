// What is read-only or hidden inside: root, readonlyPaths, maskedPaths, control groups.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"
#include "tests/integration/harness/mountinfo.h"

namespace berth::test {
namespace {

TEST_CASE_METHOD(Machine, "root.readonly decides whether the root can be written (CF-ROOT-5)",
                 "[protection]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle, "echo text > /file && cat /file"), Prints("text\n"));
  bundle.set("/root/readonly", "true");
  CHECK_THAT(run(bundle, "echo text > /other || echo refused"), Prints("refused\n"));
  CHECK_FALSE(std::filesystem::exists(bundle.in_image("/other")));
  CHECK_THAT(run(bundle, "echo text > /dev/shm/file && cat /dev/shm/file"), Prints("text\n"));
}

TEST_CASE_METHOD(Machine, "read-only paths cannot be written, nor what is below (RO-1)",
                 "[protection]") {
  Bundle bundle = new_bundle();
  std::filesystem::create_directories(bundle.in_image("/kept/below"));
  write_file(bundle.in_image("/kept/below/file"), "old\n");
  write_file(bundle.in_image("/single"), "old\n");
  bundle.set("/linux/readonlyPaths", R"(["/kept", "/single", "/not/there"])");
  CHECK_THAT(run(bundle,
                 "for f in /kept/new /kept/below/file /single; do echo new > $f || echo no; done;"
                 "cat /kept/below/file /single; echo new > /free; cat /free"),
             Prints("no\nno\nno\nold\nold\nnew\n"));
}

TEST_CASE_METHOD(Machine, "a masked file reads as empty, a masked directory lists nothing (MK-1)",
                 "[protection]") {
  Bundle bundle = new_bundle();
  std::filesystem::create_directory(bundle.in_image("/secrets"));
  write_file(bundle.in_image("/secrets/one"), "secret\n");
  write_file(bundle.in_image("/secret"), "secret\n");
  bundle.set("/linux/maskedPaths", R"(["/secrets", "/secret", "/not/there", "/secret"])");
  CHECK_THAT(run(bundle,
                 "cat /secret; ls /secrets; stat -c %F /secrets;"
                 "rm /secret || echo stays; touch /secrets/new || echo full;"
                 "umount /secret || echo held"),
             Prints("directory\nstays\nfull\nheld\n"));
}

TEST_CASE_METHOD(Machine, "masking hides a file also when the root is read-only (MK-1)",
                 "[protection]") {
  Bundle bundle = new_bundle().set("/root/readonly", "true");
  write_file(bundle.in_image("/secret"), "secret\n");
  bundle.set("/linux/maskedPaths", R"(["/secret"])");
  CHECK_THAT(run(bundle, "cat /secret"), Prints(""));
}

TEST_CASE_METHOD(Machine, "the usual masks cover the kernel's memory and sysfs firmware (MK-1)",
                 "[protection]") {
  Bundle bundle = new_bundle();
  CHECK_THAT(run(bundle, "head -c 1 /proc/kcore | wc -c; ls /sys/firmware | wc -l"),
             Prints("0\n0\n"));
  CHECK_THAT(run(bundle, "echo h > /proc/sysrq-trigger || echo refused"), Prints("refused\n"));
}

TEST_CASE_METHOD(Machine, "protected paths are absolute (MK-1 RO-1 VV-1)", "[protection][berth]") {
  for (const char* property : {"maskedPaths", "readonlyPaths"}) {
    Bundle bundle = new_bundle().set(std::string("/linux/") + property, R"(["/ok", "relative"])");
    CHECK_THAT(run(bundle), Fails({std::string("/linux/") + property + "/1", "relative"}));
  }
}

TEST_CASE_METHOD(Machine,
                 "a cgroup mount shows the container's own groups, read-only when asked (SR-40)",
                 "[protection][cgroups]") {
  for (const bool own_namespace : {true, false}) {
    INFO("own cgroup namespace: " << own_namespace);
    Bundle bundle = new_bundle().add_mount("cgroup", "cgroup", "/sys/fs/cgroup",
                                           {"nosuid", "noexec", "nodev", "relatime", "ro"});
    if (!own_namespace) bundle.drop_namespace("cgroup");
    // On v1 a directory for each hierarchy, on v2 the group itself.
    CHECK_THAT(run(bundle,
                   "cd /sys/fs/cgroup; for d in . pids memory unified; do"
                   "  [ -e $d/cgroup.procs ] || continue;"
                   "  grep -q '^1$' $d/cgroup.procs || echo $d is not mine;"
                   "  mkdir $d/new && echo made; done; echo looked"),
               Prints("looked\n"));
  }
}

TEST_CASE_METHOD(Machine,
                 "a writable cgroup mount lets the container make groups, delete removes "
                 "them (RT-DEL-3)",
                 "[protection][cgroups]") {
  Bundle bundle = new_bundle().add_mount("cgroup", "cgroup", "/sys/fs/cgroup", {"rw"});
  CHECK_THAT(run(bundle,
                 "cd /sys/fs/cgroup; [ -d pids ] && cd pids; mkdir -p a/b && echo made; ls -d a/b"),
             Prints("made\na/b\n"));
}

}  // namespace
}  // namespace berth::test
