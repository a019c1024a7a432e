// update of device rules: at no moment can a device be used that is not allowed before and after.
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/cgroups.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

constexpr char kDenyAll[] = R"({"allow": false, "access": "rwm"})";

std::string allow(int major, int minor, const std::string& access) {
  return R"({"allow": true, "type": "c", "major": )" + std::to_string(major) + R"(, "minor": )" +
         std::to_string(minor) + R"(, "access": ")" + access + "\"}";
}

/// The device programs of a v2 cgroup. The room is larger than any kernel's bpf_attr, because some
/// kernels write past it.
std::uint32_t count_device_programs(const std::string& cgroup) {
  const sys::Fd directory(open(cgroup.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(directory);
  union {
    std::array<char, 512> room = {};
    bpf_attr known;
  } attributes;
  attributes.known.query.target_fd = static_cast<std::uint32_t>(directory.get());
  attributes.known.query.attach_type = BPF_CGROUP_DEVICE;
  REQUIRE(syscall(SYS_bpf, BPF_PROG_QUERY, &attributes.known, sizeof attributes.known) == 0);
  return attributes.known.query.prog_cnt;
}

/// A container whose program tries without an end to open a device that it may not use.
class Trying {
 public:
  explicit Trying(Machine& machine)
      : machine_(machine), bundle_(machine.new_bundle()), box_(machine, prepare(bundle_)) {
    box_.create_and_start();
    await_attempts();
  }

  Outcome update(const std::vector<std::string>& rules) {
    std::string list = kDenyAll;
    for (const std::string& rule : rules) list += ", " + rule;
    return update_with("[" + list + "]");
  }
  Outcome update_with(const std::string& rules) {
    const std::string file = machine_.place() + "/rules.json";
    write_file(file, R"({"devices": )" + rules + "}");
    return box_.call("update", {"--resources=" + file});
  }

  /// Until it has tried some more times.
  void await_attempts() {
    const int before = attempts();
    CHECK(eventually([&] { return attempts() > before + 10; }));
  }
  bool has_opened() { return std::filesystem::exists(box_.inside("/opened")); }
  Container& box() { return box_; }

 private:
  static const Bundle& prepare(Bundle& bundle) {
    REQUIRE(mknod(bundle.in_image("/kmsg").c_str(), S_IFCHR | 0666, makedev(1, 11)) == 0);
    write_file(bundle.in_image("/attempts"), "0\n");
    bundle.set("/root/readonly", "false");
    return bundle.script(
        "n=0; while true; do n=$((n+1)); echo $n > /attempts; "
        "(: >> /kmsg) 2> /dev/null && : > /opened; done");
  }
  int attempts() {
    const std::string text = read_file(box_.inside("/attempts"));
    return text.empty() ? 0 : std::stoi(text);  // empty: it is just being written
  }

  Machine& machine_;
  Bundle bundle_;
  Container box_;
};

TEST_CASE_METHOD(Machine,
                 "64 updates of device rules: one program is left, and what is refused stays so at "
                 "every moment (RS-DEV-1)",
                 "[update][devices][cgroups][berth]") {
  Trying container(*this);
  const std::vector<std::string> fuse = {allow(10, 229, "rwm")}, tun = {allow(10, 200, "rw")};
  for (int i = 0; i < 32; ++i) {
    CHECK_THAT(container.update(fuse), Succeeds());
    CHECK_THAT(container.update(tun), Succeeds());
    CHECK_FALSE(container.has_opened());
  }
  container.await_attempts();
  CHECK_FALSE(container.has_opened());
  if (const auto v1 = cgroup_directory(container.box().pid(), "devices")) {
    const auto list = lines_of(read_file(v1->path + "/devices.list"));
    CHECK_THAT(list, Catch::VectorContains(std::string("c 10:200 rw")));
    for (const std::string& line : list) CHECK_FALSE(contains(line, "10:229"));
  } else {
    CHECK(count_device_programs(unified_directory(container.box().pid())->path) == 1);
  }
}

TEST_CASE_METHOD(Machine, "an update gives a device and takes it away (RS-DEV-1)",
                 "[update][devices][cgroups][berth]") {
  Trying container(*this);
  CHECK_FALSE(container.has_opened());
  CHECK_THAT(container.update({allow(1, 11, "w")}), Succeeds());
  CHECK(eventually([&] { return container.has_opened(); }));
  CHECK_THAT(container.update({allow(10, 229, "rwm")}), Succeeds());
  std::filesystem::remove(container.box().inside("/opened"));
  container.await_attempts();
  // It may have been opened once more before the update, but not since.
  std::filesystem::remove(container.box().inside("/opened"));
  container.await_attempts();
  CHECK_FALSE(container.has_opened());
  // The default devices are there all the time.
  CHECK_THAT(call({"exec", container.box().id(), "sh", "-c", "echo x > /dev/null && echo fine"}),
             Prints("fine\n"));
}

TEST_CASE_METHOD(Machine,
                 "the rule that engines send with every update replaces no rules (RS-DEV-1)",
                 "[update][devices][cgroups][berth]") {
  Trying container(*this);
  CHECK_THAT(container.update({allow(1, 11, "w")}), Succeeds());
  CHECK(eventually([&] { return container.has_opened(); }));
  CHECK_THAT(container.update({}), Succeeds());
  std::filesystem::remove(container.box().inside("/opened"));
  CHECK(eventually([&] { return container.has_opened(); }));
}

TEST_CASE_METHOD(Machine, "a sole rule that denies a part of the access is carried out or refused",
                 "[update][devices][cgroups][berth]") {
  Trying container(*this);
  CHECK_THAT(container.update({allow(1, 11, "w")}), Succeeds());
  CHECK(eventually([&] { return container.has_opened(); }));
  const Outcome outcome = container.update_with(R"([{"allow": false, "access": "w"}])");
  if (outcome.status != 0) {
    CHECK_THAT(outcome, Fails({"/devices/0"}));
    return;
  }
  std::filesystem::remove(container.box().inside("/opened"));
  container.await_attempts();
  CHECK_FALSE(container.has_opened());
}

TEST_CASE_METHOD(Machine, "with a refused limit the device rules stay as they are (RS-DEV-1)",
                 "[update][devices][cgroups][berth]") {
  if (!unified_directory(0)) return skip("no cgroup v2");
  Trying container(*this);
  const std::string file = place() + "/both.json";
  write_file(file, std::string(R"({"devices": [)") + kDenyAll + ", " + allow(1, 11, "w") +
                       R"(], "unified": {"cgroup.type": "impossible"}})");
  CHECK_THAT(container.box().call("update", {"--resources=" + file}),
             Fails({"/unified/cgroup.type"}));
  container.await_attempts();
  CHECK_FALSE(container.has_opened());
}

TEST_CASE_METHOD(Machine, "all devices but one: v2 does that in one step, v1 refuses it (RS-DEV-1)",
                 "[update][devices][cgroups][berth]") {
  Trying container(*this);
  const Outcome outcome = container.update_with(
      R"([{"allow": true, "access": "rwm"},
          {"allow": false, "type": "c", "major": 1, "minor": 11, "access": "rw"}])");
  if (cgroup_directory(0, "devices")) {
    CHECK_THAT(outcome, Fails({"/devices/1: ", "cgroup v1"}));
  } else {
    CHECK_THAT(outcome, Succeeds());
  }
  container.await_attempts();
  CHECK_FALSE(container.has_opened());
}

}  // namespace
}  // namespace berth::test
