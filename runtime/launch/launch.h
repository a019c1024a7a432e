// The host's side of making a container: carries out the host steps of a Plan, starts init, and
// answers it at its sync points (plan/talk.h). Knows no verb and writes no Record.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/tree.h"
#include "runtime/launch/net_devices.h"
#include "runtime/launch/talk.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/fd.h"
#include "runtime/linux/signals.h"
#include "runtime/plan/plan.h"
#include "spec/state.h"

namespace berth::launch {

/// What surrounds a launch: everything that is not in the Plan.
struct Surroundings {
  const sys::Dir& state_dir;  ///< for the start socket
  cgroup::CgroupTree& cgroups;
  cgroup::RdtGroups& rdt;
  spec::State state;  ///< what hooks read on stdin; the pid is filled in
  sys::Fd console;    ///< `run` in the foreground: connection instead of a console socket
  /// Called once, before the first effect that outlives us.
  std::function<void()> record_intent;
  /// Called before a process may enter cgroups that were made since the last call.
  std::function<void()> claim_cgroups;
  /// Called while the child, of this pid, is busy; again when it has become another process, which
  /// waits for `approve`.
  std::function<void(pid_t)> look_at_child;
  bool& has_run_hooks;  ///< set when hooks begin: what they did is undone by poststop hooks alone
  sys::SignalFd* interrupt = nullptr;  ///< a signal there ends the launch
  Trace& trace;
};

/// The first process, and whatever was opened for it, gone with this object unless released.
class Launch {
 public:
  Launch(const plan::Plan& plan, InitProcess init, Surroundings surroundings);

  /// Host steps that come before init's: what fails here has touched nothing but cgroup
  /// directories.
  void open();

  /// Gives init its image and goes with it to Ready: all but the program is done, and init waits
  /// for `approve`.
  void run_until_ready();

  /// The answer to Ready: from now on init lives without us.
  void approve();

  pid_t pid() const { return talk_.pid(); }
  sys::ChildProcess& child() { return talk_.child(); }
  sys::Fd& talk() { return talk_.socket(); }

 private:
  void send_image();
  void close_sent();
  void record_intent();
  void run_step(std::size_t index);
  void fill_slot(std::size_t slot, sys::Fd fd);
  sys::Fd open_step(const plan::Step& step);
  void map_ids(const plan::Step& step);
  void child_step(const plan::Step& step);
  void rdt_step(const plan::Step& step);
  void net_device_step(const plan::Step& step);
  void run_hook(const plan::Step& step);
  /// Host steps from `next_` up to the next one of init's that it waits for.
  void run_host_steps();
  plan::Message receive(const plan::Step& step);
  void await_birth();
  Awaited awaited() const;
  /// The listener of a seccomp filter has come.
  void hand_over(const Received& received);
  void await_child(const plan::Step& clone);
  void adopt_to_end(const plan::Step& clone);
  void look_at_child();
  bool is_at(plan::Sync sync) const;
  void skip_to_sync(plan::Sync sync);
  void answer();

  const plan::Plan& plan_;
  Surroundings around_;
  std::vector<sys::Fd> slots_;
  std::vector<std::size_t> late_;  ///< filled since the image was sent: go with the next answer
  std::size_t next_ = 0;
  bool has_recorded_ = false;  ///< the intent
  bool has_sent_ = false;      ///< the image
  Talk talk_;
  pid_t looked_at_ = 0;
  std::optional<plan::Message> early_;  ///< of the child, before it was said to be born
  NetDevices net_devices_;  ///< given back before the child, whose namespaces end with it, is
};

}  // namespace berth::launch
