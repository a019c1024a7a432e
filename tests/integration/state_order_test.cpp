// What state answers while another command is at work, at any point of it. The command is stopped
// at its system calls (ptrace), so that the order does not depend on the machine.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <functional>
#include <set>

#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"
#include "tests/integration/harness/json.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

/// Calls that others may see the effect of, or that may come between two of those.
const std::set<long> kLookedAt = {SYS_mkdirat, SYS_openat, SYS_renameat, SYS_renameat2, SYS_fcntl,
                                  SYS_flock,   SYS_rename, SYS_unlinkat, SYS_linkat,    SYS_mkdir};

pid_t start_traced(const Command& command) {
  std::vector<char*> argv;
  for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) (void)::dup2(nothing, fd);
    Runtime::prepare_for_tracing();
    (void)::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    (void)::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return pid;
}

/// Runs the command to its end, and looks each time that one of those calls has returned. Its exit
/// status.
int step_through(const Command& command, const std::function<void()>& look) {
  const pid_t pid = start_traced(command);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);  // the execve
  (void)::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  long call = -1;
  int signal = 0;
  while (true) {
    (void)::ptrace(PTRACE_SYSCALL, pid, nullptr, signal);
    if (::waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) break;
    const bool is_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
    signal = is_call ? 0 : WSTOPSIG(status);
    if (!is_call) continue;
    __ptrace_syscall_info info = {};
    (void)::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) call = static_cast<long>(info.entry.nr);
    if (info.op == PTRACE_SYSCALL_INFO_EXIT && kLookedAt.count(call) != 0) look();
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Answers of state, each once, in the order in which they came: a status, or what went wrong.
class Answers {
 public:
  explicit Answers(Container& box) : box_(box) {}

  void ask() {
    const Outcome outcome = box_.call("state");
    const bool is_missing = contains(outcome.err, "does not exist");
    const std::string answer = outcome.status == 0 ? json::get(outcome.out, "/status")
                               : is_missing        ? "missing"
                                                   : outcome.err;
    if (answers_.empty() || answers_.back() != answer) answers_.push_back(answer);
  }
  const std::vector<std::string>& all() const { return answers_; }

 private:
  Container& box_;
  std::vector<std::string> answers_;
};

TEST_CASE_METHOD(Machine, "a container is creating until it is created, never stopped (RT-ST-3)",
                 "[state][order][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  Answers answers(box);
  const Command create = runtime().command({"create", "-b", bundle.directory(), box.id()});
  CHECK(step_through(create, [&] { answers.ask(); }) == 0);
  answers.ask();
  CHECK(answers.all() == std::vector<std::string>{"missing", "creating", "created"});
}

TEST_CASE_METHOD(Machine, "a container is stopped until it is gone (RT-ST-3)",
                 "[state][order][berth]") {
  Bundle bundle = new_bundle();
  Container box(*this, bundle);
  box.create_and_start();
  box.wait_until_stopped();
  Answers answers(box);
  answers.ask();
  CHECK(step_through(runtime().command({"delete", box.id()}), [&] { answers.ask(); }) == 0);
  CHECK(answers.all() == std::vector<std::string>{"stopped", "missing"});
}

TEST_CASE_METHOD(Machine, "a state command that was stopped does not block other commands (SR-35)",
                 "[state][order][berth]") {
  const Bundle bundle = new_bundle();
  Container box(*this, bundle);
  Answers answers(box);
  box.create();
  // At each of its calls others ask too, and take the lock.
  const int status = step_through(runtime().command({"state", box.id()}), [&] {
    answers.ask();
    CHECK_THAT(box.call("delete"), Succeeds());
    box.create();
  });
  CHECK((status == 0 || status == 1));  // the container that it was about is gone
  CHECK(answers.all() == std::vector<std::string>{"created"});
}

TEST_CASE_METHOD(Machine, "a create that is killed before it has the id leaves nothing (SR-38)",
                 "[state][order][crash][berth]") {
  const Bundle bundle = new_bundle();
  const std::string id = runtime().new_id();
  const std::string root = runtime().state_root();
  const Command create = runtime().command({"create", "-b", bundle.directory(), id});
  const auto killed_in_between = [&] {
    pid_t pid = 0;
    int status = step_through(create, [&] {
      for (const std::string& name : names_in(root)) {
        if (!name.starts_with(".new.") || pid != 0) continue;
        pid = std::stoi(name.substr(5));
        (void)::kill(pid, SIGKILL);
      }
    });
    CHECK(status == 128 + SIGKILL);
    CHECK(fs::exists(root + "/.new." + std::to_string(pid)));
  };
  killed_in_between();
  CHECK_THAT(call({"delete", "--force", id}), Succeeds());
  CHECK(names_in(root).empty());
  killed_in_between();
  Container other(*this, bundle);
  other.create();
  CHECK(names_in(root) == std::vector<std::string>{other.id()});
}

}  // namespace
}  // namespace berth::test
