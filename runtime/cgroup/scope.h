// The container's scope of systemd. berth-systemd, a program beside berth that links libsystemd,
// talks to systemd: berth starts it when it is needed.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/program.h"
#include "runtime/linux/process/signals.h"
#include "runtime/plan/scope.h"
#include "runtime/systemd/request.h"

namespace berth::cgroup {

/// A running berth-systemd; it ends with this object.
class SystemdHelper {
 public:
  /// Unsupported error if it is not installed.
  SystemdHelper();

  /// Waits for the answer, which may be that systemd has refused or not done it in time. System
  /// error if berth-systemd does not answer.
  systemd::Answer ask(const systemd::Request& request);

  /// The three parts of ask(). A request that cannot be sent has no effect.
  void send(const systemd::Request& request);
  /// Waits for the answer. If one of the signals that end berth arrives first, returns its number;
  /// `interrupt` may be null.
  std::optional<int> await_answer(sys::SignalFd* interrupt);
  systemd::Answer take_answer(const systemd::Request& request);

 private:
  SystemdHelper(std::pair<sys::Fd, sys::Fd> ends, std::pair<sys::Fd, sys::Fd> pipe);
  [[noreturn]] void report_death();

  sys::Fd socket_;
  sys::Fd words_;  ///< what it prints, such as that a library is missing
  sys::ChildProcess program_;
};

/// The scope that a create makes. Does nothing without one.
class Scope {
 public:
  /// Keeps a reference into the plan.
  explicit Scope(const std::optional<plan::Scope>& plan) : plan_(plan) {}

  /// Starts the scope with a process in it. A signal at `interrupt`, which may be null, ends the
  /// wait for systemd: State error. So it does below.
  void start(pid_t process, sys::SignalFd* interrupt);
  /// Sets the plan's late properties.
  void set_late_properties(sys::SignalFd* interrupt);
  /// Whether start() has made the unit, or may have: then it has to be stopped. If a signal ends
  /// start(), its process ends with berth, and systemd forgets a scope without any.
  bool may_exist() const { return may_exist_; }

 private:
  systemd::Answer ask(const systemd::Request& request, sys::SignalFd* interrupt);

  const std::optional<plan::Scope>& plan_;
  std::optional<SystemdHelper> helper_;
  bool may_exist_ = false;
};

/// Sets properties of a running container's unit.
void set_unit_properties(const plan::ScopeName& name, std::vector<plan::UnitProperty> properties);

/// Ends the unit, if there is one, and waits until systemd has forgotten it.
void stop_scope(const plan::ScopeName& name);

}  // namespace berth::cgroup
