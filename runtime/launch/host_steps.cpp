#include "runtime/launch/host_steps.h"

#include <fcntl.h>

#include <cerrno>
#include <type_traits>
#include <utility>

#include "hooks/hooks.h"
#include "runtime/launch/id_mapper.h"
#include "runtime/launch/kept_files.h"
#include "runtime/linux/cgroup/bpf.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/namespaces/device.h"
#include "runtime/linux/namespaces/namespaces.h"
#include "runtime/linux/namespaces/tree.h"
#include "runtime/linux/namespaces/user_namespace.h"
#include "runtime/linux/process/process.h"
#include "runtime/linux/process/scheduler.h"
#include "runtime/linux/security/privileges.h"
#include "runtime/linux/streams/socket.h"
#include "runtime/plan/text_area.h"
#include "runtime/seccomp/compile.h"
#include "spec/json/json.h"

namespace berth::launch {

namespace {

constexpr char kStartSocket[] = "start";

class HostSteps {
 public:
  HostSteps(const StepContext& context, std::string origin)
      : context_(context), origin_(std::move(origin)) {}

  // ---- steps that fill a slot -----------------------------------------------------------------

  sys::Fd run(const plan::OpenDirectory& step) {
    return std::move(sys::open_dir(text(step.path)).fd);
  }

  sys::Fd run(const plan::OpenNamespace& step) {
    return sys::open_namespace(text(step.path), static_cast<int>(step.type.flags));
  }

  sys::Fd run(const plan::OpenUserNamespace& step) {
    return sys::make_user_namespace(text(step.uid_map), text(step.gid_map));
  }

  sys::Fd run(const plan::ConnectConsole& step) {
    const std::string path = text(step.socket);
    if (!path.empty()) return sys::connect_stream(path);
    auto [own, far] = sys::packet_pair();
    *context_.settings.console = std::move(own);
    return std::move(far);
  }

  sys::Fd run(const plan::ListenForStart&) {
    return sys::listen_at(context_.settings.state_dir, kStartSocket);
  }

  sys::Fd run(const plan::MakeFilter&) {
    return seccomp::make_filter(context_.plan.seccomp.value());
  }

  sys::Fd run(const plan::OpenProcess& step) {
    auto process =
        sys::Pidfd::open_if_alive(static_cast<pid_t>(step.pid), step.start_time, step.inode);
    if (!process) fail(ErrorKind::State, "the container has stopped");
    return process->take_fd();
  }

  sys::Fd run(const plan::OpenKeptFilter&) { return open_kept_filter(context_.settings.state_dir); }

  sys::Fd run(const plan::FindCgroup& step) {
    return sys::open(text(step.path) + "/tasks", O_WRONLY);
  }

  sys::Fd run(const plan::OpenCgroup& step) {
    return context_.settings.cgroups.open_fd(step.directory);
  }

  sys::Fd run(const plan::NewDevice& step) {
    return sys::make_device({.mode = step.device.mode,
                             .major_number = step.device.major_number,
                             .minor_number = step.device.minor_number,
                             .uid = step.owner.uid,
                             .gid = step.owner.gid},
                            text(step.path));
  }

  sys::Fd run(const plan::OpenTree& step) {
    if (step.no_magic_links) return sys::clone_root(text(step.path));
    const bool no_follow = step.symlink == plan::Symlink::NoFollow;
    return sys::clone_tree(text(step.path), step.recursive,
                           no_follow ? sys::Symlink::NoFollow : sys::Symlink::Follow);
  }

  // ---- before the image is sent ---------------------------------------------------------------

  void run(const plan::CheckNamespace& step) {
    sys::refuse_own_namespace(slot(step.space), text(step.path), static_cast<int>(step.type.flags));
  }

  void run(const plan::MakeCgroup& step) { context_.settings.cgroups.make(step.directory); }

  void run(const plan::StartScope& step) {
    context_.settings.scope.start(context_.init, context_.settings.interrupt);
    context_.settings.cgroups.adopt(step.directory);
  }

  void run(const plan::PinBerth& step) {
    context_.affinity.pin(plan::numbers_in(context_.plan.text, step.mask), text(step.processors));
  }

  void run(const plan::StartInit& step) {
    constexpr int kTries = 4;  // a service manager that begins moves its process once or twice
    std::string path = text(step.cgroup);
    for (int tries = 1; const char* refusal = start_in(path); ++tries) {
      if (!context_.settings.find_cgroup || tries == kTries) {
        fail(ErrorKind::State, "the container's cgroup '" + path + refusal);
      }
      path = context_.settings.find_cgroup();
    }
    context_.affinity.restore();
  }

  void run(const plan::CheckNetDevice& step) {
    const std::string name = text(step.name), new_name = text(step.new_name);
    if (new_name.empty()) {
      context_.net_devices.check(name);
    } else {
      context_.net_devices.check(name, context_.child, new_name);
    }
  }

  void run(const plan::MakeRdtGroup& step) {
    context_.settings.rdt.make(text(step.path), step.use);
  }

  void run(const plan::SetRdtSchema& step) {
    context_.settings.rdt.set_schema(text(step.path), text(step.line));
  }

  // ---- while init runs ------------------------------------------------------------------------

  void run(const plan::KeepConfig&) {
    keep_config(context_.settings.state_dir, *context_.plan.exec_config);
  }

  void run(const plan::KeepFilter& step) {
    keep_filter(context_.settings.state_dir, slot(step.filter));
  }

  void run(const plan::WriteCgroupFile& step) {
    context_.settings.cgroups.apply(context_.plan.cgroup.writes.at(step.number));
  }

  void run(const plan::LoadDeviceRules&) {
    context_.device_program = sys::load_device_program(context_.plan.cgroup.device_program);
  }

  void run(const plan::AttachDeviceRules&) {
    context_.settings.cgroups.attach_device_program(context_.device_program);
    context_.device_program = {};
  }

  void run(const plan::GiveCgroup& step) {
    context_.settings.cgroups.give(step.directory, step.owner);
  }

  void run(const plan::CompleteScope&) {
    context_.settings.scope.set_late_properties(context_.settings.interrupt);
  }

  void run(const plan::WriteIdMap& step) {
    // The kernel accepts one write only. user_namespaces(7)
    sys::write_value(sys::proc_path(context_.child, text(step.file)), text(step.lines));
  }

  void run(const plan::CallIdMapper& step) {
    call_id_mapper(text(step.program), context_.child, text(step.lines));
  }

  void run(const plan::SetOomScoreAdj& step) {
    sys::write_value(sys::proc_path(context_.child, "oom_score_adj"), std::to_string(step.value));
  }

  void run(const plan::RaiseRlimit& step) {
    sys::raise_hard_limit(context_.child, static_cast<int>(step.resource), step.hard.value);
  }

  void run(const plan::SetScheduler&) {
    sys::set_scheduler(context_.child, context_.plan.scheduler);
  }

  void run(const plan::MoveNetDevice& step) {
    context_.net_devices.move(text(step.name), context_.child, text(step.new_name));
  }

  void run(const plan::EnterRdtGroup& step) {
    context_.settings.rdt.enter(text(step.path), context_.child);
  }

  /// A tree with its own mapping is mapped before init takes it; one with the child's mapping,
  /// while the child waits.
  void run(const plan::MapTreeIds& step) {
    if (step.user_namespace == plan::kNoSlot) {
      sys::map_ids(slot(step.tree), text(step.name), sys::user_namespace_of(context_.child),
                   step.recursive);
    } else {
      sys::map_ids(slot(step.tree), text(step.name), slot(step.user_namespace), step.recursive);
    }
  }

  void run(const plan::RunHostHook& step) {
    const spec::Hooks& hooks = context_.plan.hooks;
    const auto& list =
        step.list == plan::HostHook::Prestart ? hooks.prestart : hooks.create_runtime;
    spec::State state = context_.settings.state;
    state.pid = context_.child;
    hooks::run(list.at(step.number), origin_, spec::to_json(state, spec::Layout::Compact),
               state.bundle, context_.settings.interrupt);
  }

 private:
  /// Why this cgroup does not accept the process, as the end of a sentence; null: init is started.
  const char* start_in(const std::string& path) {
    const auto found = path.empty() ? std::nullopt : sys::open_dir_if_exists(path);
    if (!found && !path.empty()) return "' does not exist any more";
    const std::uint32_t preserved = context_.settings.preserved_fds;
    try {
      context_.first.emplace(InitProcess(preserved, 0, found ? found->fd.get() : -1),
                             InitRole::IsFirst, context_.settings.interrupt);
      return nullptr;
    } catch (const Error& error) {
      if (found && error.number() == ENODEV) return "' was removed";
      if (found && error.number() == EBUSY) {
        return "' passes controllers on, and accepts no processes any more";
      }
      throw;
    }
  }

  std::string text(plan::Text text) const { return context_.plan.text_at(text); }
  const sys::Fd& slot(plan::Slot slot) const {
    return context_.slots.at(static_cast<std::size_t>(slot.number));
  }

  const StepContext& context_;
  std::string origin_;
};

}  // namespace

sys::Fd carry_out(const plan::Step& step, const StepContext& context) {
  sys::Fd filling;
  HostSteps steps(context, context.plan.text_at(step.origin));
  plan::visit(step, [&](const auto& typed) {
    using Type = std::remove_cvref_t<decltype(typed)>;
    if constexpr (plan::facts_of<Type>().side == plan::Side::Host) {
      if constexpr (plan::FillsSlot<Type>) {
        filling = steps.run(typed);
      } else {
        steps.run(typed);
      }
    }
  });
  return filling;
}

}  // namespace berth::launch
