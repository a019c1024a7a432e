// A command whose processes go on in the order that a test chooses, as a busy machine might choose
// it: each is stopped at its system calls (ptrace), and held there until another one has come to a
// point of its own. A call can also fail once, as it does on a machine without memory, and a
// process can be killed.
#pragma once

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/harness/child.h"

namespace berth::test {

/// The processes of a create: the command itself, the berth-init that it starts first, the
/// container's first process, which that one makes, and the first child of that.
enum class Who { Berth, Prologue, Child, Grandchild };

/// A process comes to its first call of a number, or the nth: as it enters it, or as it returns.
struct Point {
  enum class At { Entry, Return, End };

  Who who;
  long call = -1;
  At at = At::Entry;
  int nth = 1;

  /// Its process has ended.
  static Point end(Who who) { return {.who = who, .call = -1, .at = At::End}; }
  static Point entry(Who who, long call, int nth = 1) {
    return {.who = who, .call = call, .at = At::Entry, .nth = nth};
  }
  static Point after(Who who, long call) { return {.who = who, .call = call, .at = At::Return}; }
  bool operator==(const Point&) const = default;
};

class Schedule {
 public:
  /// At `held` its process waits until `until` has been reached. It may also come there later by
  /// itself; a hold to which no process comes fails the test, unless it lasts until berth's end.
  Schedule& hold(Point held, Point until);
  /// From `from` on, that process's next call of this number returns the result, and is not made.
  /// The command does not end before, however slow the process is.
  Schedule& answer(Point from, long call, long result);
  Schedule& fail(Point from, long call, int error) { return answer(from, call, -error); }

  /// At this point the process gets SIGKILL.
  Schedule& kill(Point point);

  /// Runs the command to its end; processes that it leaves behind go on by themselves. Fails the
  /// test when a point is not reached before the deadline.
  Outcome run(const Command& command);

 private:
  struct Hold {
    Point held, until;
    pid_t waiting = 0;
    bool is_reached = false, is_over = false;
  };
  struct Answer {
    Point from;
    long call;
    long result;
    bool is_armed = false, is_given = false;
  };
  struct Kill {
    Point point;
    bool is_done = false;
  };
  struct Traced {
    long call = -1;                  ///< the one that it is in
    std::map<long, int> calls = {};  ///< how often each was made
    Answer* answer = nullptr;        ///< what that is to return instead
  };

  void follow(pid_t command, const Deadline& deadline);
  void handle(pid_t pid, int status);
  void meet(pid_t pid, int event);
  void step(pid_t pid);
  void reach(const Point& point, pid_t pid);
  Answer* due(Who who, long call);
  bool has_given_answers() const;
  bool is_held(pid_t pid) const;
  void let_go();

  std::vector<Hold> holds_;
  std::vector<Answer> answers_;
  std::vector<Kill> kills_;
  std::map<pid_t, Traced> traced_;
  std::set<pid_t> early_;  ///< stopped until their parent's event says whose children they are
  std::map<pid_t, Who> roles_;
  pid_t ending_ = 0;  ///< the command, if it waits at its end for an answer that is to be given
};

}  // namespace berth::test
