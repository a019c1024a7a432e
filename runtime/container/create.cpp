#include "runtime/container/create.h"

#include <utility>

#include "runtime/compile/process/hooks.h"
#include "runtime/container/bundle.h"
#include "runtime/container/identity.h"
#include "runtime/container/ledger.h"
#include "runtime/container/request.h"
#include "runtime/container/trace_file.h"
#include "runtime/launch/launch.h"
#include "runtime/linux/base/time.h"
#include "runtime/linux/files/path_text.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/store/container_id.h"

namespace berth::container {

namespace {

std::vector<std::string> freezers_of(const plan::CgroupPlan& cgroup) {
  std::vector<std::string> freezers;
  for (const plan::CgroupDirectory& each : cgroup.directories) {
    const bool can_freeze = each.hierarchy.unified || each.hierarchy.has("freezer");
    if (can_freeze && !each.is_inherited) freezers.push_back(each.path);
  }
  return freezers;
}

/// The Record while nothing outlives berth yet.
store::Record blank_record(const plan::Request& request, const Compiled& compiled) {
  const spec::Config& config = compiled.config;
  spec::Hooks hooks;  // the hooks that create runs are part of the Plan
  hooks.poststart = config.hooks.poststart;
  hooks.poststop = config.hooks.poststop;
  return {.id = request.id,
          .bundle = request.bundle,
          .rootfs = sys::absolute_from(request.bundle, config.root->path),
          .oci_version = config.oci_version,
          .created = sys::rfc3339_now(),
          .owner = sys::effective_uid(),
          .annotations = config.annotations,
          .complete = false,
          .runs_create_hooks = plan::has_create_hooks(config),
          .runs_start_hooks = !config.hooks.start_container.empty(),
          .has_program = config.process.has_value(),
          .creator = {},
          .init = {},
          .program = {},
          .namespaces = {},
          .cgroups = {},
          .freezers = freezers_of(compiled.plan.cgroup),
          .rdt_groups = {},
          .seccomp_agent = compiled.plan.seccomp_agent,
          .hooks = std::move(hooks)};
}

launch::InitProcess start_init(const plan::Request& request, launch::Trace& trace) {
  const launch::Trace::Span span(trace, "start berth-init");
  return launch::InitProcess(request.preserved_fds);
}

launch::Settings settings_of(Ledger& ledger, const store::StateDir& dir,
                             ForegroundOptions foreground, launch::Trace& trace) {
  return {.state_dir = dir.dir(),
          .cgroups = ledger.cgroups(),
          .rdt = ledger.rdt(),
          .state = state_document(ledger.record(), Status::Creating),
          .console = std::move(foreground.console),
          .interrupt = foreground.interrupt,
          .trace = trace};
}

/// The order of a create: what outlives berth is in the Record before it is made.
void launch_container(launch::Launch& launch, Ledger& ledger) {
  launch.open();
  // If nothing is made yet, berth writes the Record later, while the kernel makes the child.
  if (launch.makes_before_clone()) ledger.record_intent();
  launch.make_before_clone();
  ledger.claim_cgroups();
  launch.send_image();
  ledger.record_intent();
  launch.make_during_clone();
  ledger.claim_cgroups();
  launch.await_child();
  ledger.look_at_child(launch.pid());
  launch.run_until_hooks();
  ledger.begin_hooks();
  launch.run_until_ready();
}

void complete(Ledger& ledger, pid_t pid, const std::string& pid_file, launch::Trace& trace) {
  const launch::Trace::Span span(trace, "record and pid file");
  ledger.complete(pid, pid_file);
}

}  // namespace

Created create_container(CreateOptions options, Context& context, ForegroundOptions foreground,
                         launch::Trace& trace) {
  options.relay_terminal = static_cast<bool>(foreground.console);
  store::check_id(options.id);
  Bundle bundle = read_bundle(options, trace);
  launch::InitProcess init = start_init(options, trace);
  const Compiled compiled = compile_bundle(std::move(bundle), options, trace);
  auto dir = store::StateDir::make(context.root, options.id);
  // Destructors undo this in reverse order: the processes first.
  Ledger ledger(context, dir, blank_record(options, compiled), compiled.plan);
  launch::Launch launch(compiled.plan, std::move(init),
                        settings_of(ledger, dir, std::move(foreground), trace));
  launch_container(launch, ledger);
  complete(ledger, launch.pid(), options.pid_file, trace);
  launch.approve();
  context.warnings = compiled.plan.warnings;
  store::Record record = ledger.commit();
  return {.dir = std::move(dir),
          .record = std::move(record),
          .init = std::move(launch.child()),
          .talk = launch.take_talk()};
}

void create(Context& context, const std::string& id, CreateOptions options) {
  TraceFile trace(context);
  complete_request(id, options);
  Created created = create_container(std::move(options), context, {}, trace.trace());
  (void)created.init.release();  // it belongs to the container now; its new parent reaps it
}

}  // namespace berth::container
