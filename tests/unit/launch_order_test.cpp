// The functions of a launch, one after the other, with a berth-init that makes a child without
// namespaces: what each of them has done, and what has not happened yet.
#include "runtime/launch/launch.h"

#include <sys/wait.h>

#include <cerrno>
#include <optional>

#include "tests/unit/cgroup_fixture.h"

namespace berth::launch {
namespace {

namespace fs = std::filesystem;

class Launching {
 public:
  /// After these host steps init makes a child; the cgroup `late` is made meanwhile. The child
  /// waits at UserReady, MountsDone and Ready.
  Launching() {
    plan_.cgroup.directories = {group_.plan_for("early"), group_.plan_for("late")};
    plan_.slot_count = 1;
    add(plan::ListenForStart{.to = {plan::Slot{0}}});
    add(plan::MakeCgroup{.path = {}, .directory = 0});
    add(plan::Clone{.namespaces = {}, .cgroup = plan::kNoSlot});
    add(plan::MakeCgroup{.path = {}, .directory = 1});
    for (const plan::Sync sync :
         {plan::Sync::UserReady, plan::Sync::MountsDone, plan::Sync::Ready}) {
      add(plan::Synchronize{.sync = sync});
    }
    add(plan::WaitForStart{.socket = plan::Slot{0}});
    cgroups_.emplace(plan_.cgroup);
    cgroups_->look();
    launch_.emplace(plan_, InitProcess(0, 0),
                    Settings{.state_dir = state_dir_,
                             .cgroups = *cgroups_,
                             .scope = scope_,
                             .rdt = rdt_,
                             .state = {},
                             .console = {},
                             .trace = trace_});
  }

  Launch& launch() { return *launch_; }
  void end() { launch_.reset(); }
  bool has(const std::string& cgroup) const { return group_.has(cgroup); }
  bool listens() const { return fs::exists(place_ / "start"); }

 private:
  template <class T>
  void add(const T& step) {
    plan_.steps.emplace_back().set(step);
  }

  TemporaryDirectory place_;
  cgroup::FakeCgroups group_;
  plan::Plan plan_;
  sys::Dir state_dir_ = sys::open_dir(place_.path());
  std::optional<cgroup::CgroupTree> cgroups_;
  cgroup::Scope scope_{plan_.cgroup.scope};
  cgroup::RdtGroups rdt_{plan_.rdt};
  Trace trace_{false};
  std::optional<Launch> launch_;
};

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

TEST_CASE(
    "what outlives berth is made only by the calls for it, so it can be recorded first (SR-32)") {
  Launching it;
  it.launch().open();
  CHECK(it.listens());
  CHECK(it.launch().is_before_clone());
  CHECK_FALSE(it.has("early"));
  it.launch().make_before_clone();
  CHECK_FALSE(it.launch().is_before_clone());
  CHECK(it.has("early"));
  it.launch().send_image();
  CHECK_FALSE(it.has("late"));
  it.launch().make_during_clone();
  CHECK(it.has("late"));
}

TEST_CASE("the child of a launch is known before it goes on, and is the one that is ready") {
  Launching it;
  it.launch().open();
  it.launch().make_before_clone();
  it.launch().send_image();
  it.launch().make_during_clone();
  it.launch().await_child();
  const pid_t child = it.launch().pid();
  CHECK(sys::read_process_stat(child));
  it.launch().run_until_hooks();
  it.launch().run_until_ready();
  CHECK(it.launch().pid() == child);
  it.launch().approve();
  CHECK(it.launch().child().pid() == child);
  it.end();
  CHECK_FALSE(has_children());
}

TEST_CASE("an exec whose cgroup has gone meanwhile is told so, and starts nothing") {
  // Where it looks again, the other cgroup has gone, too.
  const bool looks_again = GENERATE(false, true);
  const TemporaryDirectory place;
  plan::Plan plan;
  plan.text += place.path() + "/gone" + '\0';
  plan.steps.emplace_back().set(plan::StartInit{.cgroup = {1}});
  const sys::Dir state_dir = sys::open_dir(place.path());
  cgroup::CgroupTree cgroups(plan.cgroup);
  cgroup::Scope scope(plan.cgroup.scope);
  cgroup::RdtGroups rdt(plan.rdt);
  Trace trace(false);
  std::function<std::string()> find_cgroup;
  int looks = 0;
  if (looks_again) find_cgroup = [&] { return place.path() + "/gone" + std::to_string(++looks); };
  Launch launch(plan, std::nullopt,
                {.state_dir = state_dir,
                 .cgroups = cgroups,
                 .scope = scope,
                 .rdt = rdt,
                 .state = {},
                 .find_cgroup = find_cgroup,
                 .trace = trace});
  try {
    launch.open();
    FAIL("it has started berth-init");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::State);
    const std::string last = looks_again ? "/gone3" : "/gone";
    CHECK_THAT(error.message(), Catch::Contains(last + "' does not exist any more"));
  }
  CHECK_FALSE(has_children());
}

TEST_CASE("a launch that ends at any point leaves no process (SR-38)") {
  using Call = void (Launch::*)();
  const std::vector<Call> calls = {&Launch::open,           &Launch::make_before_clone,
                                   &Launch::send_image,     &Launch::make_during_clone,
                                   &Launch::await_child,    &Launch::run_until_hooks,
                                   &Launch::run_until_ready};
  const std::size_t made = GENERATE(range(std::size_t{0}, std::size_t{8}));
  CAPTURE(made);
  Launching it;
  for (std::size_t i = 0; i < made; ++i) (it.launch().*calls[i])();
  it.end();
  CHECK_FALSE(has_children());
}

}  // namespace
}  // namespace berth::launch
