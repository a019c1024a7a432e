#include "runtime/container/verbs/create.h"

#include <utility>

#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/container/bundle.h"
#include "runtime/container/identity.h"
#include "runtime/container/ledger.h"
#include "runtime/container/pidfd_socket.h"
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

std::optional<plan::ScopeName> scope_name_of(const plan::CgroupPlan& cgroup) {
  return cgroup.scope ? std::optional(cgroup.scope->name) : std::nullopt;
}

/// The Record while nothing outlives berth yet.
store::Record blank_record(const plan::Request& request, const Compiled& compiled,
                           const sys::FileIdentity& program) {
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
          .runs_create_hooks = config.hooks.any_in_create(),
          .runs_start_hooks = !config.hooks.start_container.empty(),
          .has_program = config.process.has_value(),
          .is_chrooted =
              request.no_pivot || plan::mount_namespace_of(config) != plan::MountNamespace::New,
          .keeps_keyring = request.no_new_keyring,
          .creator = {},
          .init = {},
          .program = program,
          .namespaces = {},
          .cgroups = {},
          .scope = scope_name_of(compiled.plan.cgroup),
          .freezers = freezers_of(compiled.plan.cgroup),
          .rdt_groups = {},
          .seccomp_agent = compiled.plan.seccomp_agent,
          .hooks = std::move(hooks)};
}

launch::InitProcess start_init(const CreateOptions& options, const spec::Config& config,
                               launch::Trace& trace) {
  const launch::Trace::Span span(trace, "start berth-init");
  return {options.preserved_fds, plan::early_namespaces(config)};
}

launch::Settings settings_of(Ledger& ledger, const store::StateDir& dir,
                             ForegroundOptions foreground, launch::Trace& trace) {
  return {.state_dir = dir.dir(),
          .cgroups = ledger.cgroups(),
          .scope = ledger.scope(),
          .rdt = ledger.rdt(),
          .state = state_document(ledger.record(), Status::Creating),
          .console = foreground.console,
          .interrupt = foreground.interrupt,
          .trace = trace};
}

/// The order of a create: what outlives berth is in the Record before it is made.
void launch_container(launch::Launch& launch, Ledger& ledger) {
  launch.open();
  // If nothing is made yet, berth writes the Record later, while the kernel makes the child.
  if (launch.is_before_clone()) ledger.record_intent();
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

void complete(Ledger& ledger, const sys::ChildProcess& child, const CreateOptions& options,
              launch::Trace& trace) {
  const launch::Trace::Span span(trace, "record and pid file");
  send_pidfd(options.pidfd_socket, child);
  ledger.complete(child.pid(), options.pid_file);
}

}  // namespace

Created create_container(CreateOptions options, Context& context, ForegroundOptions foreground,
                         launch::Trace& trace) {
  options.relay_terminal = foreground.console != nullptr;
  options.makes_empty_namespace = true;
  store::check_id(options.id);
  Bundle bundle = read_bundle(options, trace);
  const auto notify = notify_address(bundle.config);
  if (notify && foreground.interrupt == nullptr) refuse_notifications();
  if (notify) add_notifications(context.root + "/" + options.id, bundle.config);
  launch::InitProcess init = start_init(options, bundle.config, trace);
  const Compiled compiled = compile_bundle(std::move(bundle), options, trace);
  auto dir = store::StateDir::make(context.root, options.id);
  std::optional<Notifications> notifications;
  if (notify) notifications.emplace(*notify, dir.dir(), context);
  // Destructors undo this in reverse order: the processes first.
  Ledger ledger(context, dir, blank_record(options, compiled, init.file()), compiled.plan);
  launch::Launch launch(compiled.plan, std::move(init),
                        settings_of(ledger, dir, foreground, trace));
  launch_container(launch, ledger);
  complete(ledger, launch.child(), options, trace);
  launch.approve();
  context.warnings = compiled.plan.warnings;
  store::Record record = ledger.commit();
  return {.dir = std::move(dir),
          .record = std::move(record),
          .init = std::move(launch.child()),
          .talk = launch.take_talk(),
          .notifications = std::move(notifications)};
}

void create(Context& context, const std::string& id, CreateOptions options) {
  TraceFile trace(context);
  complete_request(id, options);
  Created created = create_container(std::move(options), context, {}, trace.trace());
  (void)created.init.release();  // it belongs to the container now; its new parent reaps it
}

}  // namespace berth::container
