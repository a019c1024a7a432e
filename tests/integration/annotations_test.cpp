// Annotations that ask for something.
#include <grp.h>
#include <catch2/catch.hpp>

#include <array>

#include "tests/integration/harness/container.h"

namespace berth::test {
namespace {

constexpr char kKeep[] = R"({"run.oci.keep_original_groups": "1"})";

/// `args` as a caller with two supplementary groups.
Command with_groups(Machine& machine, const std::vector<std::string>& args) {
  Command command = machine.runtime().command(args);
  command.prepare = [] {
    constexpr std::array<gid_t, 2> kGroups = {4001, 4002};
    if (setgroups(kGroups.size(), kGroups.data()) != 0) _exit(99);
  };
  return command;
}

TEST_CASE_METHOD(Machine, "run.oci.keep_original_groups: the program has its caller's groups",
                 "[process][berth]") {
  Bundle bundle = new_bundle().script("id -G");
  bundle.set("/process/user", R"({"uid": 5, "gid": 6, "additionalGids": [7]})");
  const bool keeps = GENERATE(false, true);
  if (keeps) bundle.set("/annotations", kKeep);
  CHECK_THAT(
      run_command(with_groups(*this, {"run", "--bundle", bundle.directory(), runtime().new_id()})),
      Prints(keeps ? "6 4001 4002\n" : "6 7\n"));
}

TEST_CASE_METHOD(Machine, "run.oci.keep_original_groups: they stay in a user namespace, too",
                 "[process][berth]") {
  Bundle bundle = new_bundle().script("grep Groups: /proc/self/status").map_users(4000);
  bundle.set("/annotations", kKeep);
  // Host group 4001 is 1 there.
  CHECK_THAT(
      run_command(with_groups(*this, {"run", "--bundle", bundle.directory(), runtime().new_id()})),
      Prints("Groups:\t1 2 \n"));
}

TEST_CASE_METHOD(Machine, "run.oci.keep_original_groups: an exec has its caller's groups",
                 "[process][exec][berth]") {
  Bundle bundle = new_bundle().script("exec sleep 1000");
  const bool keeps = GENERATE(false, true);
  if (keeps) bundle.set("/annotations", kKeep);
  Container box(*this, bundle);
  box.create_and_start();
  CHECK_THAT(run_command(with_groups(*this, {"exec", box.id(), "id", "-G"})),
             Prints(keeps ? "0 4001 4002\n" : "0\n"));
}

TEST_CASE_METHOD(Machine, "an annotation that asks for what berth does not do stops create",
                 "[berth]") {
  Bundle bundle = new_bundle();
  bundle.set("/annotations", R"({"run.oci.handler": "krun"})");
  Container box(*this, bundle);
  CHECK_THAT(box.try_create(), Fails({"/annotations/run.oci.handler"}));
}

}  // namespace
}  // namespace berth::test
