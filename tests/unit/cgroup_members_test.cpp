// Who is in a cgroup, and who gets a signal with it.
#include "runtime/cgroup/members.h"

#include <sys/inotify.h>

#include <array>
#include <map>
#include <memory>

#include "runtime/cgroup/descent.h"
#include "runtime/cgroup/kill.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/process.h"
#include "spec/error.h"
#include "tests/unit/cgroup_fixture.h"

namespace berth::cgroup {
namespace {

std::string procs_of(const std::vector<std::unique_ptr<Bystander>>& processes) {
  std::string lines;
  for (const auto& process : processes) lines += process->line();
  return lines;
}

std::vector<std::unique_ptr<Bystander>> bystanders(int count) {
  std::vector<std::unique_ptr<Bystander>> processes;
  processes.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) processes.push_back(std::make_unique<Bystander>());
  return processes;
}

TEST_CASE("a descent enters every cgroup once, parents first, and comes back") {
  const FakeCgroups group;
  group.make("a/b");
  group.make("a/c");
  group.make("d");
  std::map<std::string, int> seen;
  Descent way(sys::open_dir(group.top()));
  do ++seen[way.here().name.substr(group.top().size())];
  while (way.next());
  CHECK(seen ==
        std::map<std::string, int>{{"", 1}, {"/a", 1}, {"/a/b", 1}, {"/a/c", 1}, {"/d", 1}});
  CHECK(way.here().name == group.top());
}

TEST_CASE("a descent through 1,500 nested cgroups takes three descriptors") {
  const FakeCgroups group;
  (void)group.make_deep("", 1500);
  const sys::Dir top = sys::open_dir(group.top());
  const DescriptorLimit limit(static_cast<rlim_t>(top.fd.get()) + 4);
  int seen = 0;
  Descent way(top);
  do ++seen;
  while (way.next());
  CHECK(seen == 1501);
}

TEST_CASE("a cgroup that is removed while it is entered is passed over") {
  const FakeCgroups group;
  group.make("a/b");
  Descent way(sys::open_dir(group.top()));
  REQUIRE(way.next());
  std::filesystem::remove_all(group.at("a"));
  CHECK_FALSE(way.next());
}

TEST_CASE("SR-34: a process that got the pid of a former member is not a member") {
  const FakeCgroups group;
  const Bystander member, stranger;
  const sys::Dir cgroup = sys::open_dir(group.top());
  // The list that was read first had both; by the time of the second look one has left.
  group.write("cgroup.procs", member.line());
  const auto members = open_members(cgroup, {member.pid(), stranger.pid()});
  REQUIRE(members.size() == 1);
  CHECK(members[0].pid == member.pid());
}

TEST_CASE(
    "processes that have ended, or that are not visible in berth's pid namespace, are not "
    "members") {
  const FakeCgroups group;
  Bystander ended;
  const pid_t pid = ended.pid();
  group.write("cgroup.procs", "0\n" + ended.line());
  (void)ended.end();
  std::size_t count = 0;
  for_each_member({{group.top(), ""}}, 0, [&](const sys::Pidfd&) { ++count; });
  CHECK(open_members(sys::open_dir(group.top()), {pid}).empty());
  CHECK(count == 0);
}

TEST_CASE("every process of every hierarchy and level is met once, whatever the descriptors") {
  const FakeCgroups first, second;
  const auto upper = bystanders(40), lower = bystanders(20);
  first.make("below");
  first.write("cgroup.procs", procs_of(upper));
  first.write("below/cgroup.procs", procs_of(lower));
  second.write("cgroup.procs", procs_of(upper) + procs_of(lower));
  const DescriptorLimit limit(64);
  std::size_t count = 0;
  const std::vector<store::ContainerCgroup> both = {{first.top(), ""}, {second.top(), ""}};
  for_each_member(both, 0, [&](const sys::Pidfd&) { ++count; });
  CHECK(count == 60);
  count = 0;
  for_each_member(both, lower[0]->pid(), [&](const sys::Pidfd&) { ++count; });
  CHECK(count == 59);
}

TEST_CASE("PS-08: the pids of every hierarchy and level are listed once, sorted") {
  const FakeCgroups first, second;
  first.make("below/deeper");
  first.write("cgroup.procs", "30\n0\n4\n");  // 0 is a process that berth cannot see
  first.write("below/deeper/cgroup.procs", "200\n");
  second.write("cgroup.procs", "4\n30\n5\n");
  CHECK(pids_in({{first.top(), ""}, {second.top(), ""}, {first.at("gone"), ""}}) ==
        std::vector<pid_t>{4, 5, 30, 200});
  CHECK(pids_in({}).empty());
}

TEST_CASE("RT-KILL-3: a signal reaches all members but the one that has got it") {
  const FakeCgroups group;
  Bystander first, second;
  group.make("below");
  group.write("cgroup.procs", first.line());
  group.write("below/cgroup.procs", second.line());
  signal_all({{group.top(), ""}, {group.at("gone"), ""}}, SIGUSR1, first.pid());
  CHECK(first.end() == Bystander::kEnding);
  CHECK(second.end() == SIGUSR1);
}

TEST_CASE("SR-37: v2 has its cgroup.kill written before anything that can fail") {
  const FakeCgroups group;
  group.write("cgroup.kill", "");
  group.make_unreadable("cgroup.procs");
  CHECK_THROWS_AS(signal_all({{group.top(), ""}}, SIGKILL, 0), Error);
  CHECK(group.read("cgroup.kill") == "1");
}

/// How often a file was written and closed.
class WriteCount {
 public:
  explicit WriteCount(const std::string& path)
      : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    REQUIRE(::inotify_add_watch(events_.get(), path.c_str(), IN_MODIFY | IN_CLOSE_WRITE) >= 0);
  }
  /// The kernel counts two events like each other as one, so it is asked for two kinds.
  std::size_t take() const {
    alignas(inotify_event) std::array<char, 4096> buffer;
    const ssize_t size = ::read(events_.get(), buffer.data(), buffer.size());
    return size < 0 ? 0 : static_cast<std::size_t>(size) / sizeof(inotify_event) / 2;
  }

 private:
  sys::Fd events_;
};

TEST_CASE("SR-37: a v1 cgroup is frozen while it is killed: what forks quickly does not get away") {
  const FakeCgroups group;
  Bystander member;
  group.write("cgroup.procs", member.line());
  group.write("freezer.state", "THAWED\n");
  const WriteCount writes(group.at("freezer.state"));
  signal_all({{group.top(), ""}}, SIGKILL, 0);
  CHECK(writes.take() == 2);  // FROZEN and THAWED
  CHECK(group.read("freezer.state") == "THAWED\n");
  CHECK(member.end() == SIGKILL);
}

TEST_CASE("SR-37: what a container has frozen below its own v1 cgroup is thawed to be killed") {
  const FakeCgroups group;
  group.make("below/deeper");
  for (const char* path : {"freezer.state", "below/deeper/freezer.state"}) {
    group.write(path, "FROZEN\n");
  }
  signal_all({{group.top(), ""}}, SIGKILL, 0);
  CHECK(group.read("freezer.state") == "THAWED\n");
  CHECK(group.read("below/deeper/freezer.state") == "THAWED\n");
}

TEST_CASE("other signals than SIGKILL leave a paused container as it is") {
  const FakeCgroups group;
  group.write("freezer.state", "FROZEN\n");
  signal_all({{group.top(), ""}}, SIGTERM, 0);
  CHECK(group.read("freezer.state") == "FROZEN\n");
}

TEST_CASE("a v1 cgroup that cannot be listed is thawed all the same") {
  const FakeCgroups group;
  group.write("freezer.state", "THAWED\n");
  group.make_unreadable("cgroup.procs");
  CHECK_THROWS_AS(signal_all({{group.top(), ""}}, SIGKILL, 0), Error);
  CHECK(group.read("freezer.state") == "THAWED\n");
}

TEST_CASE("a cgroup is populated by what is in it or below") {
  const FakeCgroups group;
  group.make("a/b");
  const sys::Dir top = sys::open_dir(group.top());
  CHECK_FALSE(is_populated(top));
  group.write("a/b/cgroup.procs", "");
  CHECK_FALSE(is_populated(top));
  group.write("a/b/cgroup.procs", "0\n");  // a process that berth cannot see
  CHECK(is_populated(top));
  group.write("cgroup.events", "populated 0\nfrozen 0\n");  // v2 says it itself
  CHECK_FALSE(is_populated(top));
  group.write("cgroup.events", "populated 1\nfrozen 0\n");
  CHECK(is_populated(top));
}

}  // namespace
}  // namespace berth::cgroup
