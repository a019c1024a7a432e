// Runs a command with a fault in it. It waits for the command alone: an init that waits to be
// started, or a container that runs, goes on untraced when this program ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/faults/fault.h"

namespace berth::faults {

struct Report {
  unsigned long calls = 0;  ///< that counted
  bool was_hit = false;     ///< the fault came
  bool was_late = false;    ///< at the deadline the command had not ended, and was killed
  int status = 0;           ///< of the command, as waitpid(2) has it
  std::string call, subject, process, waits_in;
};

class Tracer {
 public:
  Tracer(Fault fault, std::chrono::milliseconds patience);

  /// A process that runs already, and counts as Init.
  void attach(pid_t pid);
  Report run(const std::vector<std::string>& command);

 private:
  void start(const std::vector<std::string>& command);
  void wait_for_end();
  void on_change(pid_t pid, int status);
  void on_end(pid_t pid, int status);
  void on_stop(pid_t pid, int status);
  void on_event(pid_t pid, int event, int signal);
  void on_call(pid_t pid);
  bool counts(pid_t pid, const std::string& call) const;
  void do_it(pid_t pid, const std::string& call);
  void resume(pid_t pid, int signal);
  void kill_all();
  void give_up();

  Fault fault_;
  std::chrono::steady_clock::time_point deadline_;
  Report report_;
  pid_t main_ = 0;
  bool main_runs_ = false;  ///< it has executed the command
  bool main_ended_ = false;
  bool tree_is_killed_ = false;
  std::map<pid_t, bool> tracees_;  ///< whether it is stopped for the first time still
};

}  // namespace berth::faults
