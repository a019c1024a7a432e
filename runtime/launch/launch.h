// The host's side of making a container: carries out the host steps of a Plan, sends init its
// image, and answers it at its sync points (plan/talk.h). Knows no verb and writes no Record.
#pragma once

#include <optional>
#include <vector>

#include "runtime/launch/first_process.h"
#include "runtime/launch/host_steps.h"
#include "runtime/launch/net_devices.h"
#include "runtime/linux/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// The first process, and everything that was opened for it, ends with this object unless released.
class Launch {
 public:
  Launch(const plan::Plan& plan, InitProcess init, Surroundings surroundings);

  /// Carries out the host steps that come before init's. If it fails, it has touched nothing but
  /// cgroup directories.
  void open();

  /// Sends init its image and follows it to Ready: then everything but the program is done, and
  /// init waits for `approve`.
  void run_until_ready();

  /// Sends the answer to Ready: from now on init does not need berth.
  void approve();

  pid_t pid() const { return first_.pid(); }
  sys::ChildProcess& child() { return first_.child(); }
  /// For `run`, which continues the talk: container/start.h.
  sys::Fd take_talk() { return first_.take_talk(); }

 private:
  void send_image();
  void close_sent();
  void record_intent();
  void run_step(std::size_t index);
  void fill_slot(plan::Slot slot, sys::Fd fd);
  /// Carries out host steps from `next_` up to the next milestone.
  void run_host_steps();
  plan::Message receive(const plan::Step& step);
  void await_birth();
  Awaited awaited() const;
  /// Sends the listener of a seccomp filter, received from init, to the agent.
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
  std::vector<plan::Slot> late_;  ///< filled after the image was sent: sent with the next answer
  std::size_t next_ = 0;
  bool has_recorded_ = false;  ///< the intent
  bool has_sent_ = false;      ///< the image
  FirstProcess first_;
  pid_t looked_at_ = 0;
  std::optional<plan::Message> early_;  ///< the child's, if it came before Born
  NetDevices net_devices_;  ///< last: gives the devices back before the child's namespaces end
};

}  // namespace berth::launch
