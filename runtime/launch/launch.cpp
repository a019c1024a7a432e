#include "runtime/launch/launch.h"

#include <exception>
#include <utility>

#include "runtime/launch/image.h"
#include "runtime/plan/step_slots.h"
#include "runtime/plan/words.h"
#include "runtime/seccomp/agent.h"
#include "spec/error.h"

namespace berth::launch {

using plan::facts_of;
using plan::Step;

namespace {

/// The place of the first step of this type; the end of the plan if there is none.
template <plan::StepType T>
std::size_t place_of(const plan::Plan& plan) {
  std::size_t place = 0;
  while (place < plan.steps.size() && !plan.steps[place].is<T>()) ++place;
  return place;
}

template <plan::StepType T>
bool has(const plan::Plan& plan) {
  return place_of<T>(plan) < plan.steps.size();
}

}  // namespace

Launch::Launch(const plan::Plan& plan, std::optional<InitProcess> init, Settings settings)
    : plan_(plan), settings_(std::move(settings)) {
  if (init) first_.emplace(std::move(*init), InitRole::MakesFirst, settings_.interrupt);
  slots_.resize(static_cast<std::size_t>(plan.slot_count));
  settings_.trace.prepare(plan);
}

Launch::~Launch() {
  try {
    if (awaits_birth_) await_birth();
    if (first_) first_->end_init();
  } catch (const std::exception&) {
    // The error that ends the launch is the one to report.
  }
}

void Launch::open() {
  for (; is_before_clone(); ++next_) {
    if (facts_of(plan_.steps[next_]).outlives_berth) return;
    run_step(next_);
  }
}

bool Launch::is_before_clone() const {
  return facts_of(plan_.steps.at(next_)).side == plan::Side::Host;
}

void Launch::make_before_clone() {
  while (is_before_clone()) run_step(next_++);
}

void Launch::send_image() {
  const sys::Fd image = make_image(plan_);
  std::vector<SlotFd> fds = {{plan::Answer::kImage, image.get()}};
  if (settings_.trace.fd() >= 0) fds.push_back({plan::Answer::kTrace, settings_.trace.fd()});
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot]) fds.push_back({static_cast<std::int32_t>(slot), slots_[slot].get()});
  }
  if (!first_->answer(fds)) first_->report_death();
  has_sent_ = true;
  awaits_birth_ = has<plan::Clone>(plan_);
  close_sent();
}

void Launch::make_during_clone() {
  next_ = place_of<plan::Clone>(plan_);
  for (++next_; facts_of(plan_.steps.at(next_)).runs_during_clone(); ++next_) run_step(next_);
}

void Launch::await_child() {
  if (!late_.empty()) answer();  // before init asks, so that it does not sleep
  awaits_birth_ = false;
  await_birth();
  run_host_steps();
  if (is_sync(next_, plan::Sync::Cgroups)) ++next_;  // init has its answer already
  run_host_steps();
  const Step& step = plan_.steps.at(next_);
  if (step.is<plan::Synchronize>() && step.as<plan::Synchronize>().opens_proc) {
    follow_to(step.as<plan::Synchronize>().sync);
  }
}

void Launch::run_until_hooks() {
  for (std::size_t index = next_; index < plan_.steps.size(); ++index) {
    if (is_sync(index, plan::Sync::MountsDone)) return follow_to(plan::Sync::MountsDone);
  }
}

void Launch::run_until_ready() {
  follow_to(plan::Sync::Ready);
  run_host_steps();
}

void Launch::approve() {
  first_->await_makers();
  answer();
  net_devices_.commit();
}

sys::ChildProcess Launch::await_program() {
  pass_syncs();
  while (const auto received = first_->receive_or_end(awaited(), "execute the program")) {
    const plan::Word word = received->message.word;
    if (word == plan::Word::Listener) {
      hand_over(*received);
    } else if (word != plan::Word::Born) {
      fail(ErrorKind::Bug, "init is out of phase: behind its last sync point it says the word " +
                               std::to_string(static_cast<unsigned>(word)));
    }
  }
  return first_->take(has<plan::Fork>(plan_));
}

void Launch::pass_syncs() {
  run_host_steps();
  while (plan_.steps.at(next_).is<plan::Synchronize>()) {
    (void)await_sync();
    run_host_steps();
    answer();
  }
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

void Launch::await_birth() {
  const plan::Message message = receive(plan_.steps.at(place_of<plan::Clone>(plan_)));
  if (message.word != plan::Word::Born) early_ = message;
}

/// Answers init wherever it waits on the way, and leaves it waiting there.
void Launch::follow_to(plan::Sync sync) {
  while (at_ != sync) {
    if (at_) {
      run_host_steps();
      answer();
    }
    at_ = await_sync();
  }
}

plan::Sync Launch::await_sync() {
  const Step& step = plan_.steps.at(next_);
  plan::Message message = early_ ? *std::exchange(early_, {}) : receive(step);
  while (message.word == plan::Word::Born) message = receive(step);  // overtaken, or of a fork
  const auto sync = static_cast<plan::Sync>(message.value);
  if (message.word != plan::Word::AtSync || !is_sync(next_, sync)) {
    fail(ErrorKind::Bug, "init is out of phase: it was to " + plan::step_words(step, plan_.text) +
                             ", and says the word " +
                             std::to_string(static_cast<unsigned>(message.word)) + " with " +
                             std::to_string(message.value));
  }
  ++next_;
  return sync;
}

bool Launch::is_sync(std::size_t index, plan::Sync sync) const {
  const Step& step = plan_.steps.at(index);
  return step.is<plan::Synchronize>() && step.as<plan::Synchronize>().sync == sync;
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
    Received received = first_->receive(awaited(), words);
    if (received.message.word != plan::Word::Listener) return received.message;
    hand_over(received);
  }
}

/// Whether init runs hooks between the last sync point and this one.
Awaited Launch::awaited() const {
  if (settings_.is_paused) return Awaited::Hooks;
  for (std::size_t index = next_; index > 0; --index) {
    const Step& step = plan_.steps[index - 1];
    if (facts_of(step).is_milestone) break;
    if (step.is<plan::RunHook>()) return Awaited::Hooks;
  }
  return Awaited::Steps;
}

void Launch::hand_over(const Received& received) {
  // It may overtake the report of the process, which is all that can come before it is answered.
  while (!first_->exists()) (void)first_->receive(awaited(), "hand the listener over");
  spec::State state = settings_.state;
  if (!state.pid) state.pid = pid();
  seccomp::send_to_agent(plan_.seccomp_agent, state, pid(), received.fds);
  (void)first_->answer({});  // false: init has ended, which is received next
}

void Launch::answer() {
  std::vector<SlotFd> fds;
  for (const plan::Slot slot : late_) {
    fds.push_back({slot.number, slots_[static_cast<std::size_t>(slot.number)].get()});
  }
  if (!first_->answer(fds)) {
    // Its last message, which may come after others, is an error; so is the end without one.
    while (true) (void)receive(plan_.steps.at(next_));
  }
  for (const plan::Slot slot : late_) slots_[static_cast<std::size_t>(slot.number)] = {};
  late_.clear();
}

void Launch::run_step(std::size_t index) {
  const Trace::Span span(settings_.trace, index);
  const Step& step = plan_.steps[index];
  try {
    sys::Fd filling = carry_out(step, {.plan = plan_,
                                       .settings = settings_,
                                       .slots = slots_,
                                       .net_devices = net_devices_,
                                       .device_program = device_program_,
                                       .affinity = affinity_,
                                       .first = first_,
                                       .init = first_ ? first_->init_pid() : 0,
                                       .child = first_ && first_->exists() ? pid() : 0});
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
