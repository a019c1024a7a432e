#include "runtime/cgroup/freeze.h"

#include <signal.h>

#include <array>
#include <utility>

#include "runtime/cgroup/descent.h"
#include "runtime/cgroup/members.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/scheduler.h"
#include "runtime/linux/streams/poll.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::cgroup {

namespace {

constexpr unsigned kPauseSeconds = 10;
constexpr int kKillMilliseconds = 500;

/// One freezer's file, and what is written to it.
struct Words {
  bool is_unified;
  const char *file, *freeze, *thaw;
};
constexpr Words kV1{false, "freezer.state", "FROZEN", "THAWED"};
constexpr Words kV2{true, "cgroup.freeze", "1", "0"};
constexpr char kEvents[] = "cgroup.events";

struct Freezer {
  sys::Dir cgroup;
  Words words;
};

/// v2 comes first: it reports when all processes are frozen, and lets them be killed.
std::vector<Freezer> open_freezers(const std::vector<std::string>& directories) {
  std::vector<Freezer> freezers;
  for (const std::string& directory : directories) {
    auto cgroup = sys::open_dir_if_exists(directory);
    if (!cgroup) continue;
    if (is_v1_freezer(*cgroup)) {
      freezers.push_back({std::move(*cgroup), kV1});
    } else {
      freezers.insert(freezers.begin(), {std::move(*cgroup), kV2});
    }
  }
  return freezers;
}

std::string read_v1(const sys::Dir& cgroup) {
  return sys::read_file_at_if_exists(cgroup, kV1.file).value_or("");
}

/// The v1 freezer reports no event, but each read makes the kernel look at the processes again.
/// Returns the state that follows FREEZING, or FREEZING if `is_over` returns true first.
template <class IsOver>
std::string settle(const sys::Dir& cgroup, IsOver is_over) {
  std::string state = read_v1(cgroup);
  while (state == "FREEZING\n" && !is_over()) {
    sys::let_others_run();
    state = read_v1(cgroup);
  }
  return state;
}

[[noreturn]] void fail_unfrozen(const sys::Dir& cgroup, const std::string& why) {
  fail(ErrorKind::State, "cgroup '" + cgroup.name + "' was not frozen: " + why);
}

[[noreturn]] void fail_stopped(const sys::Dir& cgroup, sys::SignalFd& interrupt) {
  if (const auto signal = sys::read_ending_signal(interrupt)) sys::fail_interrupted(*signal);
  fail_unfrozen(cgroup, "after " + std::to_string(kPauseSeconds) +
                            " s a process is still in a system call that cannot be interrupted");
}

void await_v1(const sys::Dir& cgroup, sys::SignalFd& interrupt) {
  const std::string state = settle(cgroup, [&] { return interrupt.has_arrived(); });
  if (state == "FREEZING\n") fail_stopped(cgroup, interrupt);
  if (state != "FROZEN\n") fail_unfrozen(cgroup, "another process has thawed or removed it");
}

void await_v2(const sys::Dir& cgroup, sys::SignalFd& interrupt) {
  while (true) {
    const auto events = sys::open_control_file(cgroup, kEvents);
    if (!events) fail_unfrozen(cgroup, "another process has removed it");
    // Reading arms the poll of this descriptor, so no change between the two is lost.
    const std::string text = sys::read_all(*events, cgroup.path_of(kEvents));
    if (text::has_line(text, "frozen 1")) return;
    std::array watches = {
        sys::Watch{.fd = events->get(), .direction = sys::Watch::For::Event},
        sys::Watch{.fd = interrupt.fd().get()},
    };
    (void)sys::poll_any(watches, -1);  // it has no deadline, so one of them is ready
    if (watches[1].ready) fail_stopped(cgroup, interrupt);
  }
}

/// Thaws the cgroup unless all went well.
class Attempt {
 public:
  explicit Attempt(const Freezer& freezer) : freezer_(freezer) {
    sys::write_at(freezer.cgroup, freezer.words.file, freezer.words.freeze);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt() {
    if (is_done_) return;
    (void)sys::try_write_at(freezer_.cgroup, freezer_.words.file, freezer_.words.thaw);
  }

  void succeed() { is_done_ = true; }

 private:
  const Freezer& freezer_;
  bool is_done_ = false;
};

/// `read` returns the text of a cgroup's file, or nothing if it does not exist. A Record marks its
/// v2 cgroups; if it marks none, the cgroup is most likely v1, whose file is read first.
template <class Read>
bool says_frozen(Read read, std::optional<bool> is_unified = {}) {
  if (!is_unified.value_or(false)) {
    if (const auto state = read(kV1.file)) return *state != "THAWED\n";
  }
  if (!is_unified.value_or(true)) return false;
  const auto events = read(kEvents);
  return events && text::has_line(*events, "frozen 1");
}

/// Also after a freeze() that was killed before all processes were frozen.
bool is_to_be_frozen(const Freezer& freezer) {
  return is_frozen(freezer.cgroup) ||
         sys::read_file_at_if_exists(freezer.cgroup, kV2.file) == "1\n";
}

}  // namespace

bool is_frozen(const sys::Dir& cgroup) {
  return says_frozen([&](const char* file) { return sys::read_file_at_if_exists(cgroup, file); });
}

std::optional<std::string> find_frozen(const store::Record& record) {
  for (const std::string& path : record.freezers) {
    // `state` reads these, so no descriptor of the directory is opened.
    const auto read = [&](const char* file) { return sys::read_once_if_exists(path + "/" + file); };
    if (says_frozen(read, record.is_unified(path))) return path;
  }
  return std::nullopt;
}

std::vector<int> freeze_signals() { return {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM}; }

void freeze(const std::vector<std::string>& freezers, sys::SignalFd& interrupt) {
  const std::vector<Freezer> opened = open_freezers(freezers);
  if (opened.empty()) {
    fail(ErrorKind::State, "the container has no cgroup that can be frozen", {},
         "that takes cgroup v2, or the v1 controller 'freezer'");
  }
  const Freezer& freezer = opened.front();
  Attempt attempt(freezer);
  const sys::Alarm alarm(kPauseSeconds);
  const auto await = freezer.words.is_unified ? await_v2 : await_v1;
  await(freezer.cgroup, interrupt);
  if (!is_populated(freezer.cgroup)) fail_unfrozen(freezer.cgroup, "it has no processes");
  attempt.succeed();
}

bool thaw(const std::vector<std::string>& freezers) {
  bool was_frozen = false;
  for (const Freezer& freezer : open_freezers(freezers)) {
    if (!is_to_be_frozen(freezer)) continue;
    was_frozen = true;
    sys::write_at(freezer.cgroup, freezer.words.file, freezer.words.thaw);
    // The kernel changes the state of the cgroup at once, before the processes run.
    if (is_frozen(freezer.cgroup)) {
      fail(ErrorKind::State,
           "cgroup '" + freezer.cgroup.name + "' stays frozen, because one above it is frozen");
    }
  }
  return was_frozen;
}

bool is_v1_freezer(const sys::Dir& cgroup) { return sys::has_control_file(cgroup, kV1.file); }

void freeze_to_kill(const sys::Dir& cgroup) {
  (void)sys::write_at_if_exists(cgroup, kV1.file, kV1.freeze);  // false: it is gone
  const sys::Deadline deadline(kKillMilliseconds);
  (void)settle(cgroup, [&] { return deadline.has_passed(); });  // what is not frozen is killed, too
}

void thaw_to_kill(const sys::Dir& cgroup) {
  Descent way(cgroup);
  do (void)sys::write_at_if_exists(way.here(), kV1.file, kV1.thaw);  // false: it is gone
  while (way.next());
}

void thaw_to_kill(const std::vector<std::string>& freezers) {
  for (const std::string& path : freezers) {
    const auto cgroup = sys::open_dir_if_exists(path);
    if (cgroup && is_v1_freezer(*cgroup)) thaw_to_kill(*cgroup);
  }
}

bool try_thaw(const sys::Dir& cgroup) {
  const Words& words = is_v1_freezer(cgroup) ? kV1 : kV2;
  return sys::try_write_at(cgroup, words.file, words.thaw);
}

}  // namespace berth::cgroup
