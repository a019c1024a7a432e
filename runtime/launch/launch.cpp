#include "runtime/launch/launch.h"

#include <utility>

#include "runtime/launch/image.h"
#include "runtime/plan/step_slots.h"
#include "runtime/plan/words.h"
#include "runtime/seccomp/agent.h"
#include "spec/error.h"

namespace berth::launch {

using plan::facts_of;
using plan::Step;

Launch::Launch(const plan::Plan& plan, InitProcess init, Surroundings surroundings)
    : plan_(plan), around_(std::move(surroundings)), first_(std::move(init), around_.interrupt) {
  slots_.resize(static_cast<std::size_t>(plan.slot_count));
  around_.trace.prepare(plan);
}

void Launch::open() {
  while (facts_of(plan_.steps.at(next_)).side == plan::Side::Host) run_step(next_++);
}

void Launch::run_until_ready() {
  send_image();
  await_birth();
  run_host_steps();
  look_at_child();
  while (true) {
    const plan::Message message =
        early_ ? *std::exchange(early_, {}) : receive(plan_.steps.at(next_));
    if (message.word == plan::Word::Born) continue;  // the child's first message came before it
    if (message.word != plan::Word::AtSync) fail(ErrorKind::Bug, "init is out of phase");
    const auto sync = static_cast<plan::Sync>(message.value);
    skip_to_sync(sync);
    // Only now do the child's /proc files belong to the caller.
    const auto& step = plan_.steps[next_ - 1].as<plan::Synchronize>();
    if (step.opens_proc) around_.look_at_child(pid());
    run_host_steps();
    if (sync == plan::Sync::Ready) return look_at_child();
    answer();
  }
}

void Launch::approve() {
  first_.await_makers();
  answer();
  net_devices_.commit();
}

/// Makes the call once for each process that is the child.
void Launch::look_at_child() {
  if (std::exchange(looked_at_, pid()) != pid()) around_.look_at_child(pid());
}

void Launch::send_image() {
  if (has_recorded_) around_.claim_cgroups();
  const sys::Fd image = make_image(plan_);
  std::vector<SlotFd> fds = {{plan::Answer::kImage, image.get()}};
  if (around_.trace.fd() >= 0) fds.push_back({plan::Answer::kTrace, around_.trace.fd()});
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot]) fds.push_back({static_cast<std::int32_t>(slot), slots_[slot].get()});
  }
  if (!first_.answer(fds)) first_.report_death();
  has_sent_ = true;
  close_sent();
}

/// init has these descriptors, and a console that berth kept open would never hang up. Those that
/// later host steps use stay open.
void Launch::close_sent() {
  std::vector<sys::Fd> kept(slots_.size());
  for (std::size_t index = next_; index < plan_.steps.size(); ++index) {
    if (facts_of(plan_.steps[index]).side != plan::Side::Host) continue;
    for (const plan::Slot used : plan::slots_of(plan_.steps[index]).used) {
      if (used == plan::kNoSlot) continue;
      const auto place = static_cast<std::size_t>(used.number);
      if (slots_.at(place)) kept[place] = std::move(slots_[place]);
    }
  }
  slots_ = std::move(kept);
}

void Launch::record_intent() {
  if (!std::exchange(has_recorded_, true)) around_.record_intent();
}

/// The clone takes long, mostly for the network namespace, so steps that do not need the child run
/// meanwhile.
void Launch::await_birth() {
  while (!plan_.steps.at(next_).is<plan::Clone>()) ++next_;
  const Step& clone = plan_.steps[next_++];
  try {
    record_intent();
    while (facts_of(plan_.steps.at(next_)).is_beside_clone()) run_step(next_++);
    around_.claim_cgroups();
  } catch (...) {
    adopt_to_end(clone);
    throw;
  }
  if (!late_.empty()) answer();  // before init asks, so that it does not sleep
  await_child(clone);
  run_host_steps();
  if (is_at(plan::Sync::Cgroups)) ++next_;
}

/// The child must end with this object. Its own report is not the cause of the failure.
void Launch::adopt_to_end(const Step& clone) {
  try {
    await_child(clone);
  } catch (...) {
    return;  // the first error is the one to report
  }
}

void Launch::await_child(const Step& clone) {
  const plan::Message message = receive(clone);
  if (message.word != plan::Word::Born) early_ = message;
}

bool Launch::is_at(plan::Sync sync) const {
  const Step& step = plan_.steps.at(next_);
  return step.is<plan::Synchronize>() && step.as<plan::Synchronize>().sync == sync;
}

void Launch::skip_to_sync(plan::Sync sync) {
  if (!is_at(sync)) fail(ErrorKind::Bug, "init is out of phase");
  if (sync == plan::Sync::MountsDone) around_.has_run_hooks = true;
  ++next_;
}

void Launch::run_host_steps() {
  for (; !facts_of(plan_.steps.at(next_)).is_milestone; ++next_) {
    if (facts_of(plan_.steps[next_]).side == plan::Side::Host) run_step(next_);
  }
}

/// `step` is the one from which init is expected to report.
plan::Message Launch::receive(const Step& step) {
  const std::string words = plan::step_words(step, plan_.text);
  while (true) {
    Received received = first_.receive(awaited(), words);
    if (received.message.word != plan::Word::Listener) return received.message;
    hand_over(received);
  }
}

/// Whether init runs hooks between the last sync point and this one.
Awaited Launch::awaited() const {
  for (std::size_t index = next_; index > 0; --index) {
    const Step& step = plan_.steps[index - 1];
    if (facts_of(step).is_milestone) break;
    if (step.is<plan::RunHook>()) return Awaited::Hooks;
  }
  return Awaited::Steps;
}

void Launch::hand_over(const Received& received) {
  if (received.fds.size() != 1 || !plan_.seccomp_agent || !first_.exists()) {
    fail(ErrorKind::Bug, "init is out of phase");
  }
  spec::State state = around_.state;
  state.pid = pid();
  seccomp::send_to_agent(*plan_.seccomp_agent, state, received.fds.front());
  answer();
}

void Launch::answer() {
  std::vector<SlotFd> fds;
  for (const plan::Slot slot : late_) {
    fds.push_back({slot.number, slots_[static_cast<std::size_t>(slot.number)].get()});
  }
  if (!first_.answer(fds)) {
    (void)receive(plan_.steps.at(next_));  // throws its last message, if there is one
    first_.report_death();
  }
  for (const plan::Slot slot : late_) slots_[static_cast<std::size_t>(slot.number)] = {};
  late_.clear();
}

void Launch::run_step(std::size_t index) {
  const Trace::Span span(around_.trace, index);
  const Step& step = plan_.steps[index];
  try {
    if (facts_of(step).outlives_berth) record_intent();
    const pid_t child = first_.exists() ? pid() : 0;
    sys::Fd filling = carry_out(step, {plan_, around_, slots_, net_devices_, child});
    const plan::Slot slot = plan::slots_of(step).filled;
    if (slot != plan::kNoSlot) fill_slot(slot, std::move(filling));
  } catch (const Error& error) {
    throw error.at(plan_.text_at(step.origin));
  }
}

void Launch::fill_slot(plan::Slot slot, sys::Fd fd) {
  slots_.at(static_cast<std::size_t>(slot.number)) = std::move(fd);
  if (has_sent_) late_.push_back(slot);
}

}  // namespace berth::launch
