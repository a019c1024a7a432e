#include <algorithm>
#include <utility>

#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/tree.h"
#include "runtime/container/bundle.h"
#include "runtime/container/creation.h"
#include "runtime/container/identity.h"
#include "runtime/container/removal.h"
#include "runtime/launch/launch.h"
#include "runtime/linux/file.h"
#include "runtime/linux/time.h"
#include "runtime/plan/compile_process.h"

namespace berth::container {

namespace {

std::optional<store::SeccompAgent> agent_of(const plan::Plan& plan) {
  if (!plan.seccomp_agent) return std::nullopt;
  return store::SeccompAgent{.path = plan.seccomp_agent->path,
                             .metadata = plan.seccomp_agent->metadata};
}

/// Nothing outlives berth yet.
store::Record blank_record(const plan::Request& request, const Compiled& compiled) {
  const spec::Config& config = compiled.config;
  spec::Hooks hooks;  // create's own are part of the Plan
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
          .starter = {},
          .has_program = config.process.has_value(),
          .creator = {},
          .init = {},
          .program = {},
          .namespaces = {},
          .cgroups = {},
          .rdt_groups = {},
          .seccomp_agent = agent_of(compiled.plan),
          .hooks = std::move(hooks)};
}

/// Beyond this Record everything that is going to outlive berth is written down.
void record_intent(store::Record& record, const store::StateDir& dir, cgroup::CgroupTree& cgroups,
                   const cgroup::RdtGroups& rdt) {
  cgroups.look();
  record.creator = identify(sys::own_pid());
  record.cgroups = intents_of(cgroups.footprints());
  record.rdt_groups = rdt.intents();
  dir.write(record);
}

/// What does not change any more. If the child has ended, it is about to say why.
void look_at_child(store::Record& record, pid_t pid) {
  const auto stat = sys::read_process_stat(pid);
  if (!stat || stat->is_dead()) return;
  record.init = {.pid = pid, .start_time = stat->start_time};
  if (const auto file = sys::executable_of(pid)) record.program = {file->device, file->inode};
  for (const auto& [name, inode] : sys::read_namespace_inodes(pid)) {
    if (inode != 0) record.namespaces[name] = inode;
  }
}

void complete(store::Record& record, pid_t pid, const cgroup::RdtGroups& rdt) {
  record.complete = true;
  if (record.init.pid == 0) record.init = identify(pid);  // an error that says so
  // The one namespace that the child makes by itself.
  const std::uint64_t inode = sys::read_namespace_inode(pid, "cgroup");
  if (inode != 0) record.namespaces["cgroup"] = inode;
  record.rdt_groups = rdt.intents();
}

/// Digits alone: engines parse the whole content as a number.
void write_pid_file(const std::string& path, pid_t pid) {
  constexpr mode_t kMode = 0644;
  if (path.empty()) return;
  try {
    sys::replace_file(path, std::to_string(pid), kMode);
  } catch (const Error& error) {
    throw error.at("--pid-file");
  }
}

/// From now on whatever is in the cgroups that are made is the container's, and goes with it.
void claim_cgroups(store::Record& record, const store::StateDir& dir,
                   const cgroup::CgroupTree& cgroups) {
  bool has_news = false;
  const std::vector<cgroup::Footprint> footprints = cgroups.footprints();
  for (std::size_t i = 0; i < footprints.size(); ++i) {
    store::CgroupIntent& intent = record.cgroups[i];
    if (intent.is_claimed || !cgroups.is_made(intent.directory)) continue;
    intent = {footprints[i].directory, footprints[i].topmost, true};
    has_news = true;
  }
  if (has_news) dir.write(record);
}

/// What was intended and not done is somebody else's, if it is there.
void forget_unmade(store::Record& record, const cgroup::CgroupTree& cgroups) {
  std::vector<store::CgroupIntent> made;
  for (const store::CgroupIntent& intent : record.cgroups) {
    if (intent.is_claimed) made.push_back(intent);
  }
  for (const cgroup::Footprint& footprint : cgroups.made()) {
    const bool is_claimed = std::any_of(made.begin(), made.end(), [&](const auto& intent) {
      return intent.directory == footprint.directory;
    });
    if (!is_claimed) made.push_back({footprint.directory, footprint.topmost, false});
  }
  record.cgroups = std::move(made);
}

/// For `delete`, which is to find what is left, not what was intended.
void keep(Site& site, const store::StateDir& dir, const store::Record& record) {
  try {
    dir.write(record);
  } catch (const Error& error) {
    site.failures.emplace_back(error.what());
  }
}

/// What outlives a create that failed: nothing, or a Record that tells.
void undo(Site& site, store::StateDir& dir, store::Record& record, bool hooks_ran) {
  try {
    record.runs_create_hooks = hooks_ran;
    destroy(site, dir, record);
  } catch (const Error& error) {
    site.failures.emplace_back(error.what());
    dir.commit();
    keep(site, dir, record);
  }
}

launch::InitProcess start_init(const plan::Request& request, launch::Trace& trace) {
  const launch::Trace::Span span(trace, "start berth-init");
  return launch::InitProcess(request.preserved_fds);
}

void launch_container(launch::Launch& launch, store::Record& record, const store::StateDir& dir,
                      const cgroup::RdtGroups& rdt, const std::string& pid_file,
                      launch::Trace& trace) {
  launch.open();
  launch.run_until_ready();
  {
    const launch::Trace::Span span(trace, "record and pid file");
    store::Record completed = record;
    complete(completed, launch.pid(), rdt);
    dir.write(completed);
    record = std::move(completed);
    write_pid_file(pid_file, launch.pid());
  }
  launch.approve();
}

}  // namespace

Created create_container(plan::Request request, const std::string& pid_file, Site& site,
                         Attendance attendance, launch::Trace& trace) {
  request.relay_terminal = static_cast<bool>(attendance.console);
  store::check_id(request.id);
  Bundle bundle = read_bundle(request, trace);
  launch::InitProcess init = start_init(request, trace);
  Compiled compiled = compile_bundle(std::move(bundle), request, trace);
  auto dir = store::StateDir::make(site.root, request.id);
  sys::Fd lock = dir.lock();
  cgroup::CgroupTree cgroups(compiled.plan.cgroup);
  cgroup::RdtGroups rdt(compiled.plan.rdt);
  store::Record record = blank_record(request, compiled);
  std::optional<launch::Launch> launch;
  launch.emplace(
      compiled.plan, std::move(init),
      launch::Surroundings{.state_dir = dir.dir(),
                           .state_root = site.root,
                           .cgroups = cgroups,
                           .rdt = rdt,
                           .state = state_document(record, Status::Creating),
                           .console = std::move(attendance.console),
                           .record_intent = [&] { record_intent(record, dir, cgroups, rdt); },
                           .claim_cgroups = [&] { claim_cgroups(record, dir, cgroups); },
                           .look_at_child = [&](pid_t pid) { look_at_child(record, pid); },
                           .interrupt = attendance.interrupt,
                           .trace = trace});
  try {
    launch_container(*launch, record, dir, rdt, pid_file, trace);
  } catch (const Error&) {
    const bool hooks_ran = launch->has_run_hooks();
    launch.reset();  // the processes first
    forget_unmade(record, cgroups);
    if (rdt.try_undo()) record.rdt_groups.clear();
    record.complete = false;
    undo(site, dir, record, hooks_ran);
    throw;
  }
  dir.commit();
  site.remarks = compiled.plan.warnings;
  return {.dir = std::move(dir),
          .lock = std::move(lock),
          .record = std::move(record),
          .init = std::move(launch->child()),
          .talk = std::move(launch->talk()),
          .plan = std::move(compiled.plan)};
}

void write_trace(Site& site, const launch::Trace& trace, const plan::Plan* plan) {
  constexpr mode_t kMode = 0644;
  if (site.trace_file.empty()) return;
  try {
    sys::replace_file(site.trace_file, trace.to_json(plan), kMode);
  } catch (const Error& error) {
    site.failures.push_back("--trace: " + std::string(error.what()));
  }
}

void create(Site& site, const CreateOptions& options) {
  launch::Trace trace(!site.trace_file.empty());
  Created created = create_container(request_of(options), options.pid_file, site, {}, trace);
  (void)created.init.release();  // it is the container's now; whoever reaps orphans reaps it
  write_trace(site, trace, &created.plan);
}

}  // namespace berth::container
