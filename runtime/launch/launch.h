// The host's side of making a container: carries out the host steps of a Plan, starts init, and
// answers it at its sync points (plan/talk.h). Knows no verb and writes no Record.
#pragma once

#include <optional>
#include <vector>

#include "runtime/launch/first_process.h"
#include "runtime/launch/host_steps.h"
#include "runtime/launch/net_devices.h"
#include "runtime/linux/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

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

  pid_t pid() const { return first_.pid(); }
  sys::ChildProcess& child() { return first_.child(); }
  /// For `run`, which goes on with it: container/start.h.
  sys::Fd take_talk() { return first_.take_talk(); }

 private:
  void send_image();
  void close_sent();
  void record_intent();
  void run_step(std::size_t index);
  void fill_slot(plan::Slot slot, sys::Fd fd);
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
  std::vector<plan::Slot> late_;  ///< filled since the image was sent: go with the next answer
  std::size_t next_ = 0;
  bool has_recorded_ = false;  ///< the intent
  bool has_sent_ = false;      ///< the image
  FirstProcess first_;
  pid_t looked_at_ = 0;
  std::optional<plan::Message> early_;  ///< of the child, before it was said to be born
  NetDevices net_devices_;  ///< given back before the child, whose namespaces end with it, is
};

}  // namespace berth::launch
