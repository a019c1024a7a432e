#include <utility>

#include "runtime/cgroup/destroy.h"
#include "runtime/cgroup/rdt.h"
#include "runtime/cgroup/tree.h"
#include "runtime/container/bundle.h"
#include "runtime/container/creation.h"
#include "runtime/container/identity.h"
#include "runtime/launch/launch.h"
#include "runtime/linux/file.h"
#include "runtime/linux/time.h"

namespace berth::container {

namespace {

/// What has to go when create fails half-way: the processes, then the cgroups, then the Record (in
/// StateDir's destructor), which stays as long as it has something to tell.
class Undo {
 public:
  Undo(store::StateDir& dir, cgroup::CgroupTree& cgroups, cgroup::RdtGroups& rdt,
       std::optional<launch::Launch>& launch)
      : dir_(dir), cgroups_(cgroups), rdt_(rdt), launch_(launch) {}
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    if (committed_) return;
    launch_.reset();
    const bool is_rdt_gone = rdt_.try_undo();
    if (!cgroup::try_destroy(cgroups_.footprints()) || !is_rdt_gone) dir_.commit();
  }
  void commit() { committed_ = true; }

 private:
  store::StateDir& dir_;
  cgroup::CgroupTree& cgroups_;
  cgroup::RdtGroups& rdt_;
  std::optional<launch::Launch>& launch_;
  bool committed_ = false;
};

std::optional<store::SeccompAgent> agent_of(const plan::Plan& plan) {
  if (!plan.seccomp_agent) return std::nullopt;
  return store::SeccompAgent{.path = plan.seccomp_agent->path,
                             .metadata = plan.seccomp_agent->metadata};
}

/// Beyond this Record everything that outlives berth is written down.
store::Record intended(const plan::Request& request, const Compiled& compiled,
                       const cgroup::CgroupTree& cgroups, const cgroup::RdtGroups& rdt) {
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
          .has_program = config.process.has_value(),
          .creator = identify(sys::own_pid()),
          .init = {},
          .namespaces = {},
          .cgroups = intents_of(cgroups.footprints()),
          .rdt_groups = rdt.intents(),
          .seccomp_agent = agent_of(compiled.plan),
          .hooks = std::move(hooks)};
}

void complete(store::Record& record, pid_t pid, const cgroup::CgroupTree& cgroups,
              const cgroup::RdtGroups& rdt) {
  record.complete = true;
  record.init = identify(pid);
  for (const auto& [name, inode] : sys::read_namespace_inodes(pid)) {
    if (inode != 0) record.namespaces[name] = inode;
  }
  record.cgroups = intents_of(cgroups.footprints());
  record.rdt_groups = rdt.intents();
}

/// Digits alone: engines parse the whole content as a number.
void write_pid_file(const std::string& path, pid_t pid) {
  constexpr mode_t kMode = 0644;
  if (!path.empty()) sys::replace_file(path, std::to_string(pid), kMode);
}

}  // namespace

Created create_container(const CreateOptions& options, Site& site, sys::Fd console,
                         launch::Trace& trace) {
  store::check_id(options.id);
  const plan::Request request = request_of(options, static_cast<bool>(console));
  Compiled compiled = compile_bundle(request, trace);
  auto dir = store::StateDir::make(site.root, options.id);
  const sys::Fd lock = dir.lock();

  cgroup::CgroupTree cgroups(compiled.plan.cgroup);
  cgroup::RdtGroups rdt(compiled.plan.rdt);
  std::optional<launch::Launch> launch;
  Undo undo(dir, cgroups, rdt, launch);
  store::Record record = intended(request, compiled, cgroups, rdt);
  dir.write(record);

  launch.emplace(compiled.plan,
                 launch::Surroundings{.state_dir = dir.dir(),
                                      .state_root = site.root,
                                      .cgroups = cgroups,
                                      .rdt = rdt,
                                      .state = state_document(record, Status::Creating),
                                      .console = std::move(console),
                                      .preserved_fds = request.preserved_fds,
                                      .trace = trace});
  launch->open();
  launch->run_until_ready();
  {
    const launch::Trace::Span span(trace, "record and pid file");
    complete(record, launch->pid(), cgroups, rdt);
    dir.write(record);
    write_pid_file(options.pid_file, launch->pid());
  }
  launch->approve();
  undo.commit();
  dir.commit();
  site.warnings.insert(site.warnings.end(), compiled.plan.warnings.begin(),
                       compiled.plan.warnings.end());
  return {.dir = std::move(dir),
          .record = std::move(record),
          .init = std::move(launch->child()),
          .plan = std::move(compiled.plan)};
}

void write_trace(const Site& site, const launch::Trace& trace, const plan::Plan* plan) {
  constexpr mode_t kMode = 0644;
  if (site.trace_file.empty()) return;
  sys::replace_file(site.trace_file, trace.to_json(plan), kMode);
}

void create(Site& site, const CreateOptions& options) {
  launch::Trace trace(!site.trace_file.empty());
  Created created = create_container(options, site, {}, trace);
  (void)created.init.release();  // it is the container's now; whoever reaps orphans reaps it
  write_trace(site, trace, &created.plan);
}

}  // namespace berth::container
