#include "runtime/plan/print.h"

#include <sched.h>
#include <sys/mount.h>

#include <catch2/catch.hpp>

#include <cstring>
#include <set>

#include "plan_fixture.h"
#include "runtime/plan/step_slots.h"

namespace berth::plan {
namespace {

/// A step of every type, with nothing in it.
template <class... T>
std::vector<Step> steps_of(List<T...>) {
  std::vector<Step> steps(sizeof...(T));
  std::size_t next = 0;
  (steps[next++].set(T{}), ...);
  return steps;
}

/// A text area and a step with its texts.
struct Words {
  Workbench bench;

  template <StepType T>
  std::string of(const T& step) {
    bench.builder.add(step, "");
    return step_words(bench.plan().steps.back(), bench.plan().text);
  }
  Text text(const char* text) { return bench.builder.text(text); }
};

TEST_CASE("every instruction has a name of its own, and words") {
  std::set<std::string> names;
  for (const Step& step : steps_of(Steps{})) {
    names.insert(op_name(step));
    CHECK_FALSE(step_words(step, {}).empty());
  }
  CHECK(names.size() == kStepTypes);
  Step place;
  place.set(Place{});
  CHECK(op_name(place) == "place");
}

TEST_CASE("an opcode is the place of its type in the list") {
  const std::vector<Step> steps = steps_of(Steps{});
  for (std::size_t op = 0; op < steps.size(); ++op) CHECK(steps[op].op == op);
  CHECK(op_of<OpenDirectory>() == 0);
  CHECK(op_of<Execute>() == kStepTypes - 1);
}

TEST_CASE("no two operands of a step have one name, and none has that of a member of each") {
  for (const Step& step : steps_of(Steps{})) {
    const Description description = description_of(step, {});
    std::set<std::string_view> names = {"step", "side", "op", "origin"};
    CAPTURE(description.op);
    for (const Member& member : description.members) CHECK(names.insert(member.name).second);
  }
}

/// What stands in {…}, without `#` and `:words`.
Lines fields_of(std::string_view words) {
  Lines fields;
  for (std::size_t at = 0; (at = words.find('{', at)) != std::string_view::npos; ++at) {
    std::string field(words.substr(at + 1, words.find('}', at) - at - 1));
    if (field.starts_with('#')) field.erase(0, 1);
    fields.push_back(field.substr(0, field.find(':')));
  }
  return fields;
}

TEST_CASE("what the words of a step name are operands of it") {
  for (const Step& step : steps_of(Steps{})) {
    const Description description = description_of(step, {});
    std::set<std::string_view> names;
    for (const Member& member : description.members) names.insert(member.name);
    for (const std::string& field : fields_of(description.words)) {
      CAPTURE(description.op, field);
      CHECK(names.count(field) == 1);
    }
  }
}

TEST_CASE("a step comes out of its record as it went in") {
  for (Step step : steps_of(Steps{})) {
    visit(step, [](const auto& typed) {
      using Type = std::remove_cvref_t<decltype(typed)>;
      unsigned char bytes[sizeof(Type)];
      for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<unsigned char>(i + 1);
      Type filled;
      std::memcpy(static_cast<void*>(&filled), bytes, sizeof filled);
      Step record;
      record.set(filled);
      CHECK(record.is<Type>());
      CHECK(std::memcmp(record.operands, bytes, sizeof bytes) == 0);
    });
  }
}

TEST_CASE("any bytes are read as a step without harm, as a failure may have them") {
  const int byte = GENERATE(0x00, 0x01, 0x7F, 0xFF);
  for (Step step : steps_of(Steps{})) {
    std::memset(step.operands, byte, sizeof step.operands);
    CHECK_FALSE(step_words(step, {}).empty());
  }
}

TEST_CASE("a step that fills a slot is one of the host, or a clone of the child's") {
  std::size_t fill = 0;
  for (Step step : steps_of(Steps{})) {
    visit(step, [&](const auto& typed) {
      using Type = std::remove_cvref_t<decltype(typed)>;
      if constexpr (FillsSlot<Type>) {
        Type filled{};
        filled.to = {{5}};
        step.set(filled);
        ++fill;
        CHECK(slots_of(step).filled == Slot{5});
        CHECK((facts_of(step).side == Side::Host || step.is<CloneTree>()));
      }
    });
  }
  CHECK(fill == 13);
}

TEST_CASE("the words of a step say what it does, to what") {
  Words words;
  const Text data = words.text("/data");
  CHECK(words.of(NewFilesystem{.type = words.text("tmpfs")}) == "mount 'tmpfs'");
  CHECK(words.of(FilesystemOption{.key = words.text("mode"), .value = words.text("755")}) ==
        "set 'mode' to '755'");
  CHECK(words.of(FilesystemOption{.key = words.text("ro")}) == "set 'ro'");
  CHECK(words.of(Place{.path = data, .rules = {}}) == "place on '/data'");
  CHECK(words.of(WriteCgroupFile{
            .file = words.text("pids.max"), .value = words.text("64"), .number = 0}) ==
        "write '64' to 'pids.max'");
  CHECK(words.of(Execute{.file = words.text("/bin/sh")}) == "execute '/bin/sh'");
  CHECK(words.of(LoadSeccomp{.filter = {}, .flags = {}}) == "load the seccomp filter");
  CHECK(words.of(LoadSeccomp{.filter = {}, .flags = {2 | 8}}) ==
        "load the seccomp filter with log, a listener");
  CHECK(words.of(JoinNamespace{.path = words.text("/n"), .type = {CLONE_NEWNET}, .space = {}}) ==
        "join the network namespace '/n'");
  CHECK(words.of(Clone{.namespaces = {CLONE_NEWPID | CLONE_NEWUTS}, .cgroup = {}}) ==
        "start the first process in new namespaces: pid, uts");
  CHECK(words.of(Clone{.namespaces = {}, .cgroup = {}}) == "start the first process");
  CHECK(words.of(SetUmask{.umask = {022}}) == "set the umask to 022");
  CHECK(words.of(SetIds{.user = {.uid = 7, .gid = 8}}) == "become the user 7:8");
  CHECK(words.of(SetBoundingSet{.kept = {0x420}}) == "limit the capabilities to 0x420");
  CHECK(
      words.of(SetRlimit{
          .name = words.text("RLIMIT_CPU"), .resource = 0, .soft = {5}, .hard = {RLIM_INFINITY}}) ==
      "set the limit 'RLIMIT_CPU' to 5:unlimited");
  CHECK(words.of(SetPropagation{.type = {MS_SLAVE}, .recursive = true}) ==
        "make it slave with everything below");
  CHECK(words.of(SetCapabilities{.permitted = {1}, .effective = {2}, .inheritable = {16}}) ==
        "set the capabilities: permitted 0x1, effective 0x2, inheritable 0x10");
  CHECK(words.of(SetAmbient{.capabilities = {255}}) == "set the ambient capabilities to 0xff");
  CHECK(words.of(CloseDescriptors{.passed_on = 2, .closed = {}}) ==
        "close all descriptors but stdio and 2 more");
  CHECK(words.of(SetGroups{.gids = words.bench.builder.numbers({5, 6})}) ==
        "set 2 additional groups");
}

TEST_CASE("attributes are printed as mount options, with one word for the mode of atime") {
  Words words;
  CHECK(words.of(
            SetAttributes{.attributes = {.set = MOUNT_ATTR_RDONLY, .cleared = MOUNT_ATTR_NODEV},
                          .recursive = true}) == "set attributes +ro -nodev with everything below");
  CHECK(words.of(SetAttributes{
            .attributes = {.set = MOUNT_ATTR_NOATIME, .cleared = MOUNT_ATTR__ATIME}}) ==
        "set attributes +noatime");
  CHECK(words.of(SetAttributes{
            .attributes = {.set = MOUNT_ATTR_RELATIME, .cleared = MOUNT_ATTR__ATIME}}) ==
        "set attributes +relatime");
  CHECK(words.of(CreateFilesystem{.attributes = {}}) == "create the mount");
}

// ---- plans ----------------------------------------------------------------------------------

TEST_CASE("a printed plan has a line a step: who, what, and which property asked for it") {
  Workbench bench;
  Builder& builder = bench.builder;
  builder.fill(ListenForStart{}, "");
  builder.add(Clone{.namespaces = {CLONE_NEWPID}, .cgroup = {}}, "/linux/namespaces");
  builder.add(Synchronize{.sync = Sync::Ready}, "");
  builder.add(SetHostname{.name = builder.text("web")}, "/hostname");
  builder.add(RunPoststartHook{.path = builder.text("/h")}, "/hooks/poststart/0");
  CHECK(print_plan(bench.plan(), false) ==
        "0  host      listen for start\n"
        "1  prologue  start the first process in new namespaces: pid  <- /linux/namespaces\n"
        "2  ⇄         wait for the host: ready\n"
        "3  child     set the hostname to 'web'                       <- /hostname\n"
        "4  start     run the hook '/h'                               <- /hooks/poststart/0\n");
}

TEST_CASE("a plan as JSON has everything that a step has") {
  Workbench bench;
  Builder& builder = bench.builder;
  (void)builder.source("/b/rootfs", true, Symlink::Follow, "/root/path");
  builder.add(SetGroups{.gids = builder.numbers({5, 4294967295})}, "");
  builder.add(
      FindProgram{.file = builder.text("sh"), .arguments = builder.list({"sh", "-c", "\""})},
      "/process/args/0");
  builder.add(WaitForStart{.socket = kNoSlot}, "");
  builder.add(ChangeDirectory{.path = builder.text("/srv"), .owner = {.uid = 1000, .gid = 1000}},
              "/process/cwd");
  CHECK(print_plan(bench.plan(), true) ==
        R"([{"step":0,"side":"host","op":"open_tree","path":"/b/rootfs","recursive":true,)"
        R"("symlink":"follow","no_magic_links":false,"to":0,"origin":"/root/path"},
{"step":1,"side":"child","op":"set_groups","gids":[5,4294967295],"refusal":"report","origin":""},
{"step":2,"side":"child","op":"find_program","file":"sh","arguments":["sh","-c","\""],)"
        R"("variables":[],"origin":"/process/args/0"},
{"step":3,"side":"child","op":"wait_for_start","socket":null,"origin":""},
{"step":4,"side":"child","op":"change_directory","path":"/srv","owner":"1000:1000",)"
        R"("refusal":"report","makes_missing":false,"origin":"/process/cwd"}]
)");
}

// ---- the text area --------------------------------------------------------------------------

TEST_CASE("an empty text takes no place, nor does the origin of the step before") {
  Workbench bench;
  CHECK(bench.text(bench.builder.text("/data")) == "/data");
  CHECK(bench.builder.text("") == Text{});
  CHECK(bench.text({}).empty());
  for (const char* origin : {"/process", "/process", "/root"}) {
    bench.builder.add(NewSession{}, origin);
  }
  const std::vector<Step>& steps = bench.plan().steps;
  CHECK(steps[0].origin == steps[1].origin);
  CHECK_FALSE(steps[1].origin == steps[2].origin);
}

TEST_CASE("a list keeps empty texts") {
  Workbench bench;
  CHECK(bench.list(bench.builder.list({"a", "", "b"})) == Lines{"a", "", "b"});
  CHECK(bench.list(bench.builder.list({})).empty());
}

TEST_CASE("nothing is read beyond the end of the text area") {
  const std::string_view area("\0abc\0de", 7);
  CHECK(text_in(area, {1}) == "abc");
  CHECK(text_in(area, {5}) == "de");
  CHECK(text_in(area, {7}).empty());
  CHECK(text_in(area, {UINT32_MAX}).empty());
  CHECK(list_in(area, {.offset = 1, .count = UINT32_MAX}) == Lines{"abc", "de"});
  CHECK(numbers_in(area, {.offset = 4, .count = 1}).empty());
  CHECK(numbers_in(area, {.offset = UINT32_MAX, .count = UINT32_MAX}).empty());
  CHECK(numbers_in(area, {.offset = 0, .count = 1}).size() == 1);
}

TEST_CASE("warnings name their property") {
  Workbench bench;
  bench.builder.warn("/a", "is odd");
  CHECK(bench.plan().warnings == Lines{"/a: is odd"});
}

}  // namespace
}  // namespace berth::plan
