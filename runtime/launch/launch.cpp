#include "runtime/launch/launch.h"

#include <algorithm>
#include <utility>

#include "hooks/hooks.h"
#include "runtime/launch/id_mapper.h"
#include "runtime/launch/image.h"
#include "runtime/linux/child.h"
#include "runtime/linux/device.h"
#include "runtime/linux/file.h"
#include "runtime/linux/namespaces.h"
#include "runtime/linux/socket.h"
#include "runtime/linux/tree.h"
#include "runtime/linux/user_namespace.h"
#include "runtime/plan/op_words.h"
#include "runtime/seccomp/agent.h"
#include "runtime/seccomp/compile.h"
#include "spec/json.h"

namespace berth::launch {

namespace {

using plan::Op;
using plan::Step;

constexpr char kStartSocket[] = "start";

/// Steps of init at which the host has a word to say, or none any more.
bool is_milestone(Op op) {
  return op == Op::Clone || op == Op::Synchronize || op == Op::WaitForStart;
}

/// Host steps after Clone: all are about the child but these.
bool needs_child(Op op) {
  return op != Op::MakeCgroup && op != Op::OpenCgroup && op != Op::OpenTree &&
         op != Op::CgroupWrite;
}

const std::vector<spec::Hook>& hooks_of(const spec::Hooks& hooks, plan::HookKind kind) {
  switch (kind) {
    case plan::HookKind::Prestart:
      return hooks.prestart;
    case plan::HookKind::CreateRuntime:
      return hooks.create_runtime;
    case plan::HookKind::CreateContainer:
      return hooks.create_container;
    case plan::HookKind::StartContainer:
      return hooks.start_container;
    case plan::HookKind::Poststart:
      return hooks.poststart;
    case plan::HookKind::Poststop:
      return hooks.poststop;
  }
  fail(ErrorKind::Bug, "a hook of no kind");
}

}  // namespace

Launch::Launch(const plan::Plan& plan, InitProcess init, Surroundings surroundings)
    : plan_(plan), around_(std::move(surroundings)), talk_(std::move(init), around_.interrupt) {
  slots_.resize(static_cast<std::size_t>(plan.slot_count));
  around_.trace.prepare(plan);
}

void Launch::open() {
  while (plan_.steps.at(next_).side == plan::Side::Host) run_step(next_++);
}

void Launch::run_until_ready() {
  send_image();
  await_birth();
  run_host_steps();
  look_at_child();
  while (true) {
    const plan::Message message =
        early_ ? *std::exchange(early_, {}) : receive(plan_.steps.at(next_));
    if (message.word == plan::Word::Born) continue;  // overtaken
    if (message.word != plan::Word::AtSync) fail(ErrorKind::Bug, "init is out of phase");
    const auto sync = static_cast<plan::Sync>(message.value);
    skip_to_sync(sync);
    // Only now its /proc files are the caller's.
    if (plan_.steps[next_ - 1].number[1] == 1) around_.look_at_child(pid());
    run_host_steps();
    if (sync == plan::Sync::Ready) return look_at_child();
    answer();
  }
}

void Launch::approve() {
  talk_.await_makers();
  answer();
  net_devices_.commit();
}

/// Once for each process that is the child.
void Launch::look_at_child() {
  if (std::exchange(looked_at_, pid()) != pid()) around_.look_at_child(pid());
}

void Launch::send_image() {
  if (has_recorded_) around_.claim_cgroups();
  const int trace = around_.trace.fd();
  std::vector<int> fds;
  if (trace >= 0) fds.push_back(trace);
  for (const sys::Fd& slot : slots_) {
    if (slot) fds.push_back(slot.get());
  }
  if (!talk_.send_image(make_image(plan_, slots_, trace >= 0), fds)) talk_.report_death();
  has_sent_ = true;
  close_sent();
}

/// Init has them, and a console that we kept open would never hang up. What we work on ourselves,
/// later, stays.
void Launch::close_sent() {
  std::vector<sys::Fd> kept(slots_.size());
  for (auto step = plan_.steps.begin() + static_cast<std::ptrdiff_t>(next_);
       step != plan_.steps.end(); ++step) {
    if (step->op != Op::MapIds || step->side != plan::Side::Host) continue;
    sys::Fd& slot = slots_.at(step->number[0]);
    if (slot) kept.at(step->number[0]) = std::move(slot);
  }
  slots_ = std::move(kept);
}

void Launch::record_intent() {
  if (!std::exchange(has_recorded_, true)) around_.record_intent();
}

/// The clone takes long, most of it the network namespace: what needs no child is done beside it.
void Launch::await_birth() {
  while (plan_.steps.at(next_).op != Op::Clone) ++next_;
  const Step& clone = plan_.steps[next_++];
  try {
    record_intent();
    while (plan_.steps.at(next_).side == plan::Side::Host && !needs_child(plan_.steps[next_].op)) {
      run_step(next_++);
    }
    around_.claim_cgroups();
  } catch (...) {
    adopt_to_end(clone);
    throw;
  }
  if (!late_.empty()) answer();  // before it asks: it is not to sleep
  await_child(clone);
  run_host_steps();
  if (is_at(plan::Sync::Cgroups)) ++next_;
}

/// It is to end with us; what it has to say itself is not why.
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
  return step.op == Op::Synchronize && step.number[0] == static_cast<std::uint64_t>(sync);
}

void Launch::skip_to_sync(plan::Sync sync) {
  if (!is_at(sync)) fail(ErrorKind::Bug, "init is out of phase");
  if (sync == plan::Sync::MountsDone) around_.has_run_hooks = true;
  ++next_;
}

void Launch::run_host_steps() {
  for (; !is_milestone(plan_.steps.at(next_).op); ++next_) {
    if (plan_.steps[next_].side == plan::Side::Host) run_step(next_);
  }
}

/// `step`: where init is to answer from.
plan::Message Launch::receive(const Step& step) {
  const std::string words = plan::step_words(step, plan_.text_at(step.text[0]), {});
  while (true) {
    Received received = talk_.receive(awaited(), words);
    if (received.message.word != plan::Word::Listener) return received.message;
    hand_over(received);
  }
}

/// Between the last sync point and this one.
Awaited Launch::awaited() const {
  for (std::size_t index = next_; index > 0 && !is_milestone(plan_.steps[index - 1].op); --index) {
    const Step& step = plan_.steps[index - 1];
    if (step.op == Op::RunHook && step.side == plan::Side::Child) return Awaited::Hooks;
  }
  return Awaited::Steps;
}

void Launch::hand_over(const Received& received) {
  if (received.fds.size() != 1 || !plan_.seccomp_agent || !talk_.has_child()) {
    fail(ErrorKind::Bug, "init is out of phase");
  }
  spec::State state = around_.state;
  state.pid = pid();
  seccomp::send_to_agent(*plan_.seccomp_agent, state, received.fds.front());
  answer();
}

void Launch::answer() {
  std::vector<int> fds;
  for (const std::size_t slot : late_) fds.push_back(slots_[slot].get());
  if (!talk_.answer(fds)) {
    (void)receive(plan_.steps.at(next_));  // its last words, if it had any
    talk_.report_death();
  }
  for (const std::size_t slot : late_) slots_[slot] = {};
  late_.clear();
}

void Launch::run_step(std::size_t index) {
  const Trace::Span span(around_.trace, index);
  const Step& step = plan_.steps[index];
  try {
    if (step.op == Op::MapIds) {
      map_ids(step);
    } else if (step.op == Op::CheckNamespace) {
      sys::refuse_own_namespace(slots_.at(step.number[1]), plan_.text_at(step.text[0]),
                                static_cast<int>(step.number[0]));
    } else if (step.slot != plan::kNoSlot) {
      fill_slot(static_cast<std::size_t>(step.slot), open_step(step));
    } else if (step.op == Op::MakeCgroup) {
      record_intent();
      around_.cgroups.make(step.number[0]);
    } else if (step.op == Op::MakeRdtGroup || step.op == Op::SetRdtSchema) {
      rdt_step(step);
    } else if (step.op == Op::CheckNetDevice || step.op == Op::MoveNetDevice) {
      net_device_step(step);
    } else {
      child_step(step);
    }
  } catch (const Error& error) {
    throw error.at(plan_.text_at(step.origin));
  }
}

void Launch::fill_slot(std::size_t slot, sys::Fd fd) {
  slots_.at(slot) = std::move(fd);
  if (has_sent_) late_.push_back(slot);
}

/// Steps that fill a slot.
sys::Fd Launch::open_step(const Step& step) {
  const std::string path = plan_.text_at(step.text[0]);
  switch (step.op) {
    case Op::OpenTree:
      return sys::clone_tree(path, step.number[0] != 0,
                             step.number[1] != 0 ? sys::LastLink::Itself : sys::LastLink::Follow);
    case Op::OpenDirectory:
      return std::move(sys::open_dir(path).fd);
    case Op::OpenNamespace:
      return sys::open_namespace(path, static_cast<int>(step.number[0]));
    case Op::OpenUserNamespace:
      return sys::make_user_namespace(path, plan_.text_at(step.text[1]));
    case Op::ConnectConsole:
      return path.empty() ? std::move(around_.console) : sys::connect_stream(path);
    case Op::ListenForStart:
      return sys::listen_at(around_.state_dir, kStartSocket);
    case Op::MakeFilter:
      return seccomp::make_filter(plan_.seccomp.value());
    case Op::NewDevice:
      return sys::make_device({.mode = static_cast<mode_t>(step.number[0]),
                               .major_number = static_cast<unsigned>(step.number[1] >> 32),
                               .minor_number = static_cast<unsigned>(step.number[1]),
                               .uid = static_cast<uid_t>(step.number[2] >> 32),
                               .gid = static_cast<gid_t>(step.number[2])});
    case Op::OpenCgroup:
      return around_.cgroups.open_entrance(step.number[0]);
    default:
      fail(ErrorKind::Bug, "not a step that opens something");
  }
}

/// Before init takes it, a tree gets a mapping of its own; while the child waits, the child's.
void Launch::map_ids(const Step& step) {
  const sys::Fd& tree = slots_.at(step.number[0]);
  const std::string name = plan_.text_at(step.text[0]);
  const bool recursive = step.number[1] != 0;
  if (step.slot == plan::kNoSlot) {
    sys::map_ids(tree, name, sys::user_namespace_of(pid()), recursive);
  } else {
    sys::map_ids(tree, name, slots_.at(static_cast<std::size_t>(step.slot)), recursive);
  }
}

/// Steps on the child, which exists by then.
void Launch::child_step(const Step& step) {
  switch (step.op) {
    case Op::CgroupWrite:
      return around_.cgroups.apply(plan_.cgroup.writes.at(step.number[0]));
    case Op::EnterRdtGroup:
      return around_.rdt.enter(plan_.text_at(step.text[0]), pid());
    case Op::AttachDeviceRules:
      return around_.cgroups.attach_device_program(plan_.cgroup.device_program);
    case Op::WriteIdMap:
      return sys::write_id_map(pid(), plan_.text_at(step.text[0]), plan_.text_at(step.text[1]));
    case Op::CallIdMapper:
      return call_id_mapper(plan_.text_at(step.text[0]), pid(), plan_.text_at(step.text[1]));
    case Op::SetOomScoreAdj:
      return sys::set_oom_score_adj(pid(), plan_.text_at(step.text[0]));
    case Op::RaiseRlimit:
      return sys::raise_hard_limit(pid(), static_cast<int>(step.number[0]), step.number[1]);
    case Op::SetScheduler:
      return sys::set_scheduler(pid(), plan_.scheduler);
    case Op::RunHook:
      return run_hook(step);
    default:
      fail(ErrorKind::Bug, "not a step of the host");
  }
}

void Launch::rdt_step(const Step& step) {
  record_intent();
  const std::string group = plan_.text_at(step.text[0]);
  if (step.op == Op::MakeRdtGroup) {
    around_.rdt.make(group, static_cast<plan::RdtUse>(step.number[0]));
  } else {
    around_.rdt.set_schema(group, plan_.text_at(step.text[1]));
  }
}

void Launch::net_device_step(const Step& step) {
  const std::string name = plan_.text_at(step.text[0]), new_name = plan_.text_at(step.text[1]);
  if (step.op == Op::MoveNetDevice) {
    net_devices_.move(name, pid(), new_name);
  } else if (new_name.empty()) {
    net_devices_.check(name);
  } else {
    net_devices_.check(name, pid(), new_name);
  }
}

void Launch::run_hook(const Step& step) {
  const auto& kind = hooks_of(plan_.hooks, static_cast<plan::HookKind>(step.number[0]));
  spec::State state = around_.state;
  state.pid = pid();
  hooks::run(kind.at(step.number[1]), plan_.text_at(step.origin),
             spec::to_json(state, spec::Layout::Compact), state.bundle, around_.interrupt);
}

}  // namespace berth::launch
