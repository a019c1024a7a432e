#include "runtime/plan/print.h"

#include <sched.h>
#include <sys/mount.h>

#include <catch2/catch.hpp>

#include <set>

#include "plan_fixture.h"

namespace berth::plan {
namespace {

std::string words(Op op, std::vector<std::uint64_t> numbers, std::string_view t0 = {},
                  std::string_view t1 = {}) {
  Step step;
  step.op = op;
  std::copy(numbers.begin(), numbers.end(), step.number);
  return step_words(step, t0, t1);
}

TEST_CASE("every instruction has a name of its own, and words") {
  std::set<std::string_view> names;
  for (std::uint16_t op = 0; op < static_cast<std::uint16_t>(Op::kCount); ++op) {
    names.insert(op_name(static_cast<Op>(op)));
    CHECK_FALSE(words(static_cast<Op>(op), {}, "x").empty());
  }
  CHECK(names.size() == static_cast<std::size_t>(Op::kCount));
  CHECK(op_name(Op::Place) == "place");
  CHECK(op_name(Op::RunHook) == "run_hook");
}

TEST_CASE("an instruction that there is not is a bug") {
  CHECK_THROWS_AS(op_name(Op::kCount), Error);
}

TEST_CASE("the words of a step say what it does, to what") {
  CHECK(words(Op::NewFilesystem, {}, "tmpfs") == "mount 'tmpfs'");
  CHECK(words(Op::FilesystemOption, {1}, "mode", "755") == "set 'mode' to '755'");
  CHECK(words(Op::FilesystemOption, {}, "ro") == "set 'ro'");
  CHECK(words(Op::Place, {}, "/data") == "place on '/data'");
  CHECK(words(Op::CgroupWrite, {}, "pids.max", "64") == "write '64' to 'pids.max'");
  CHECK(words(Op::Execute, {1, 0}, "/bin/sh") == "execute '/bin/sh'");
  CHECK(words(Op::LoadSeccomp, {0}) == "load the seccomp filter");
  CHECK(words(Op::LoadSeccomp, {2 | 8}) == "load the seccomp filter with log, a listener");
  CHECK(words(Op::JoinNamespace, {CLONE_NEWNET}, "/n") == "join the network namespace '/n'");
  CHECK(words(Op::Clone, {CLONE_NEWPID | CLONE_NEWUTS}) ==
        "start the first process in new namespaces: pid, uts");
  CHECK(words(Op::Clone, {}) == "start the first process");
  CHECK(words(Op::SetUmask, {022}) == "set the umask to 022");
  CHECK(words(Op::SetIds, {7, 8}) == "become the user 7:8");
  CHECK(words(Op::SetBoundingSet, {0x420}) == "limit the capabilities to 0x420");
  CHECK(words(Op::SetRlimit, {0, 5, RLIM_INFINITY}, "RLIMIT_CPU") ==
        "set the limit 'RLIMIT_CPU' to 5:unlimited");
  CHECK(words(Op::Propagation, {MS_SLAVE, 0, 1}) == "make it slave with everything below");
  CHECK(words(Op::SetCapabilities, {1, 2, 16}) ==
        "set the capabilities: permitted 0x1, effective 0x2, inheritable 0x10");
  CHECK(words(Op::SetAmbient, {255}) == "set the ambient capabilities to 0xff");
  CHECK(words(Op::CloseDescriptors, {2}) == "close all descriptors but stdio and 2 more");
}

TEST_CASE("attributes are told as mount options, the ways of atime as one") {
  CHECK(words(Op::Attributes, {MOUNT_ATTR_RDONLY, MOUNT_ATTR_NODEV, 1}) ==
        "set attributes +ro -nodev with everything below");
  CHECK(words(Op::Attributes, {MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME}) ==
        "set attributes +noatime");
  CHECK(words(Op::Attributes, {MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME}) ==
        "set attributes +relatime");
  CHECK(words(Op::CreateFilesystem, {}) == "create the mount");
}

// ---- plans ----------------------------------------------------------------------------------

TEST_CASE("a printed plan has a line a step: who, what, and which property asked for it") {
  Workbench bench;
  bench.builder.host_step(Op::ListenForStart, "");
  bench.builder.prologue(Op::Clone, "/linux/namespaces").number[0] = CLONE_NEWPID;
  bench.builder.child(Op::Synchronize, "").number[0] = static_cast<std::uint64_t>(Sync::Ready);
  bench.builder.child(Op::SetHostname, "/hostname").text[0] = bench.builder.text("web");
  Step& hook = bench.builder.host_step(Op::RunHook, "/hooks/poststart/0");
  hook.text[0] = bench.builder.text("/h");
  hook.number[0] = static_cast<std::uint64_t>(HookKind::Poststart);
  CHECK(print_plan(bench.plan(), false) ==
        "0  host      listen for start\n"
        "1  prologue  start the first process in new namespaces: pid  <- /linux/namespaces\n"
        "2  ⇄         wait for the host: ready\n"
        "3  child     set the hostname to 'web'                       <- /hostname\n"
        "4  start     run the hook '/h'                               <- /hooks/poststart/0\n");
}

TEST_CASE("a plan as JSON has everything that a step has") {
  Workbench bench;
  bench.builder.host_step(Op::OpenTree, "/root/path").slot = 3;
  Step& groups = bench.builder.child(Op::SetGroups, "");
  groups.text[0] = bench.builder.numbers({5, 4294967295});
  groups.number[0] = 2;
  Step& program = bench.builder.child(Op::FindProgram, "/process/args/0");
  program.text[0] = bench.builder.text("sh");
  program.text[1] = bench.builder.list({"sh", "-c", "\""});
  program.number[0] = 3;
  CHECK(print_plan(bench.plan(), true) ==
        R"([{"step":0,"side":"host","op":"open_tree","slot":3,"texts":["","","",""],)"
        R"("numbers":[0,0,0,0],"origin":"/root/path"},
{"step":1,"side":"child","op":"set_groups","slot":null,"texts":[[5,4294967295],"","",""],)"
        R"("numbers":[2,0,0,0],"origin":""},
{"step":2,"side":"child","op":"find_program","slot":null,"texts":["sh",["sh","-c","\""],[],""],)"
        R"("numbers":[3,0,0,0],"origin":"/process/args/0"}]
)");
}

// ---- the text area --------------------------------------------------------------------------

TEST_CASE("an empty text takes no place, nor does the origin of the step before") {
  Workbench bench;
  const std::uint32_t first = bench.builder.text("/data");
  CHECK(bench.plan().text_at(first) == std::string("/data"));
  CHECK(bench.builder.text("") == 0);
  CHECK(bench.plan().text_at(0) == std::string());
  const std::uint32_t origin = bench.builder.child(Op::NewSession, "/process").origin;
  CHECK(bench.builder.child(Op::NewSession, "/process").origin == origin);
  CHECK(bench.builder.child(Op::NewSession, "/root").origin != origin);
}

TEST_CASE("a list keeps empty texts") {
  Workbench bench;
  const std::uint32_t list = bench.builder.list({"a", "", "b"});
  CHECK(bench.plan().list_at(list, 3) == Lines{"a", "", "b"});
  CHECK(bench.plan().list_at(bench.builder.list({}), 0).empty());
}

TEST_CASE("warnings name their property") {
  Workbench bench;
  bench.builder.warn("/a", "is odd");
  CHECK(bench.plan().warnings == Lines{"/a: is odd"});
}

}  // namespace
}  // namespace berth::plan
