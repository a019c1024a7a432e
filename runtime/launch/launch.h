// The host's side of making a container: carries out the host steps of a Plan, sends init its
// image, and answers it at its sync points (plan/talk.h). Knows no verb and writes no Record: the
// caller does that between the calls, so that what outlives berth is recorded before it is made.
#pragma once

#include <optional>
#include <vector>

#include "runtime/launch/first_process.h"
#include "runtime/launch/host_steps.h"
#include "runtime/launch/net_devices.h"
#include "runtime/linux/base/fd.h"
#include "runtime/plan/plan.h"

namespace berth::launch {

/// The public functions are called once each, in their order. The first process, and everything
/// that was opened for it, ends with this object unless released.
class Launch {
 public:
  /// Create starts init before it has a plan. For exec the plan has a step that starts it.
  Launch(const plan::Plan& plan, std::optional<InitProcess> init, Settings settings);
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;
  /// Waits for a child that init is about to make, so that it ends with this object.
  ~Launch();

  /// Carries out the host steps that come before init's, up to the first whose effect outlives
  /// berth.
  void open();
  /// Whether the next step is one of the host's before the clone.
  bool is_before_clone() const;
  /// Carries out the other host steps that come before init's: the v2 cgroup, resctrl groups.
  void make_before_clone();
  /// Sends init its image. The kernel makes the child from now on, mostly its network namespace,
  /// which takes long.
  void send_image();
  /// Carries out the host steps that need no child: v1 cgroups, limits.
  void make_during_clone();
  /// Waits for the child, until the caller may read its files in /proc.
  void await_child();
  /// Follows init until it has made the mounts, if it waits then: the next function runs the hooks.
  void run_until_hooks();
  /// Follows init until everything but the program is done, and it waits for `approve`.
  void run_until_ready();
  /// Sends the answer to Ready: from now on init does not need berth.
  void approve();

  /// For exec, after send_image(): follows init to the end of the talk. Returns the process that
  /// executes the program, or has ended.
  sys::ChildProcess await_program();

  /// Changes in run_until_ready() if a pid namespace is joined.
  pid_t pid() const { return first_->pid(); }
  sys::ChildProcess& child() { return first_->child(); }
  /// The file that init executes.
  const sys::FileIdentity& init_file() const { return first_->init_file(); }
  /// For `run`, which continues the talk: container/verbs/start.h.
  sys::Fd take_talk() { return first_->take_talk(); }

 private:
  void close_sent();
  void run_step(std::size_t index);
  void fill_slot(plan::Slot slot, sys::Fd fd);
  /// Carries out host steps from `next_` up to the next milestone.
  void run_host_steps();
  plan::Message receive(const plan::Step& step);
  void await_birth();
  void follow_to(plan::Sync sync);
  plan::Sync await_sync();
  bool is_sync(std::size_t index, plan::Sync sync) const;
  Awaited awaited() const;
  /// Answers init at each sync point that is left.
  void pass_syncs();
  /// Sends the listener of a seccomp filter, received from init, to the agent.
  void hand_over(const Received& received);
  void answer();

  const plan::Plan& plan_;
  Settings settings_;
  std::vector<sys::Fd> slots_;
  std::vector<plan::Slot> late_;  ///< filled after the image was sent: sent with the next answer
  std::size_t next_ = 0;
  bool has_sent_ = false;         ///< the image
  bool awaits_birth_ = false;     ///< init makes the child, and berth has not asked for it yet
  std::optional<plan::Sync> at_;  ///< where init waits for host steps and an answer
  sys::Fd device_program_;
  sys::OwnAffinity affinity_;
  std::optional<FirstProcess> first_;
  std::optional<plan::Message> early_;  ///< the child's, if it came before Born
  NetDevices net_devices_;  ///< last: gives the devices back before the child's namespaces end
};

}  // namespace berth::launch
