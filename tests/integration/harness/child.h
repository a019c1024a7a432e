// A program that a test started: what it writes is read while it runs, it has a deadline, and it
// does not outlive its handle. Containers keep the pipes of the program that created them, so
// their output is read here too.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "tests/integration/harness/deadline.h"

namespace berth::test {

/// What a program did: exit status as a shell has it (128 + signal), and what it wrote.
struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

struct Command {
  std::vector<std::string> argv;
  /// Runs in the child before exec, after stdin (/dev/null), stdout and stderr are in place: other
  /// descriptors, environment, signals, a terminal. Its descriptors are the test's own.
  std::function<void()> prepare = {};
};

class Child {
 public:
  explicit Child(const Command& command);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills it when it still runs.
  ~Child();

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// Until stdout holds the text; fails the test at the deadline, or when no writer is left.
  void wait_for_output(const std::string& text);
  /// Until it exits (what it started may go on and keep the pipes). At the deadline it is killed,
  /// and the test has failed but goes on: destructors wait here, too.
  Outcome wait(const Deadline& deadline = Deadline());
  /// False when it is still running then.
  bool exits_within(std::chrono::microseconds patience) const;

  /// Whether nobody can write to its stdout and stderr any more.
  bool has_let_go() const;

  /// Everything so far.
  const std::string& output();
  const std::string& error_output();

 private:
  void drain();
  int reap();

  std::string name_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  int status_ = 0;
  sys::Fd pidfd_, out_pipe_, err_pipe_;
  std::string out_, err_;
};

/// Runs it to its end.
Outcome run_command(const Command& command, const Deadline& deadline = Deadline());

/// Descriptor `to` of the child becomes a copy of the test's `from`; for Command::prepare.
void pass_descriptor(int from, int to);

}  // namespace berth::test
