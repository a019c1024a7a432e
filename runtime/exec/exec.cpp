#include "runtime/exec/exec.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/cgroup/freeze.h"
#include "runtime/container/foreground.h"
#include "runtime/container/home.h"
#include "runtime/container/identity.h"
#include "runtime/container/pid_file.h"
#include "runtime/container/pidfd_socket.h"
#include "runtime/container/request.h"
#include "runtime/container/trace_file.h"
#include "runtime/exec/exec_launch.h"
#include "runtime/exec/exec_place.h"
#include "runtime/launch/kept_files.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/process/signals.h"
#include "runtime/linux/streams/terminal.h"
#include "runtime/plan/failure.h"
#include "runtime/plan/print.h"

namespace berth::exec {

using container::Context;
using container::Status;

namespace {

/// The Record of a container that is created, running or paused. Exec does not ask which of the
/// three it is, because that takes longer.
store::Record read_living(const store::StateDir& dir) {
  auto record = dir.read();
  if (record && record->complete && container::is_alive(dir, record->init)) return *record;
  auto observation = container::observe(dir);
  if (!observation) fail(ErrorKind::State, "container '" + dir.id() + "' does not exist");
  const Status status = observation->status;
  if (status != Status::Created && status != Status::Running && status != Status::Paused) {
    fail(ErrorKind::State, "cannot exec in a container that is " + container::status_word(status));
  }
  return observation->record.value();
}

/// Reads the Record of a container in which a process can be executed.
store::Record read_running(const store::StateDir& dir, bool ignore_paused) {
  store::Record record = read_living(dir);
  if (!ignore_paused && container::find_frozen(record)) {
    fail(ErrorKind::State, "cannot exec in a paused container", {},
         "resume it first, or let the process wait for that by --ignore-paused");
  }
  return record;
}

void describe_container(const store::Record& record, const spec::Config& config,
                        ExecOptions& options) {
  options.id = record.id;
  options.bundle = record.bundle;
  options.makes_directory = false;
  options.pid = record.init.pid;
  options.start_time = record.init.start_time;
  options.inode = record.init.number;
  options.namespaces = namespaces_to_join(record, config.linux.namespaces);
  options.is_chrooted = record.is_chrooted;
  options.no_new_keyring = record.keeps_keyring;
  options.cgroups = cgroups_to_enter(record, options.sub_cgroups);
}

plan::Plan compile(const store::StateDir& dir, const store::Record& record, ExecOptions& options) {
  spec::Config config = launch::read_kept_config(dir.dir());
  config.process = process_of(options.process, config.process);
  describe_container(record, config, options);
  container::find_home(*config.process, sys::proc_path(record.init.pid, "root"), options);
  const plan::Host host = plan::read_host_for_exec(config);
  Problems problems;
  plan::Plan plan = plan::compile_exec(std::move(config), options, host, problems);
  if (problems.empty()) return plan;
  const Problem& first = problems.list().front();
  fail(first.kind, first.message, first.pointer);
}

/// The container may have frozen a cgroup below its own, where its first process is.
void check_not_frozen(const store::Record& record, const std::vector<plan::ExecCgroup>& cgroups) {
  for (const plan::ExecCgroup& entered : cgroups) {
    const bool is_own = std::ranges::any_of(record.cgroups, [&](const auto& cgroup) {
      return cgroup.directory == entered.path;  // read_running() has asked its freezers
    });
    const auto directory = is_own ? std::nullopt : sys::open_dir_if_exists(entered.path);
    if (!directory || !cgroup::is_frozen(*directory)) continue;
    fail(ErrorKind::State, "cannot exec in the cgroup '" + entered.path + "', which is frozen", {},
         "thaw it first, or let the process wait for that by --ignore-paused");
  }
}

/// Once the program runs, it is the container's: what fails here ends it.
void publish(const sys::ChildProcess& process, const ExecOptions& options) {
  container::send_pidfd(options.pidfd_socket, process);
  container::write_pid_file(options.pid_file, process.pid());
}

int exec_detached(const ExecLaunch& launch, const ExecOptions& options) {
  sys::ChildProcess process = launch_exec(launch, options, {});
  publish(process, options);
  (void)process.release();  // its new parent, which is the engine's, reaps it
  return 0;
}

int exec_foreground(const ExecLaunch& launch, const ExecOptions& options, sys::SignalFd& signals) {
  sys::Fd console;
  sys::ChildProcess process = launch_exec(
      launch, options,
      {.console = options.console_socket.empty() ? &console : nullptr, .interrupt = &signals});
  publish(process, options);
  return container::Foreground(std::move(process), signals, console).wait();
}

/// The caller of exec knows flags or a file instead of a place in config.json.
[[noreturn]] void rethrow(const Error& error, const ExecProcess& process) {
  throw Error(error.kind(), error.message(), origin_of(process, error.origin()), error.hint());
}

int exec_process(Context& context, const std::string& id, ExecOptions options) {
  container::TraceFile trace(context);
  container::preserve_descriptors(options);  // before berth opens anything itself
  options.start_at_once = true;
  options.plain_lines = !sys::is_terminal(STDOUT_FILENO);
  options.relay_terminal = !options.detach && options.console_socket.empty();
  const auto dir = store::StateDir::open(context.root, id);
  const store::Record record = read_running(dir, options.ignore_paused);
  const plan::Plan plan = compile(dir, record, options);
  context.warnings = plan.warnings;
  if (!options.ignore_paused) check_not_frozen(record, options.cgroups);
  const ExecLaunch launch{.dir = dir, .record = record, .plan = plan, .trace = trace.trace()};
  if (options.detach) return exec_detached(launch, options);
  sys::SignalFd signals(container::foreground_signals());
  return exec_foreground(launch, options, signals);
}

}  // namespace

int exec(Context& context, const std::string& id, const ExecOptions& options) {
  constexpr int kNotFound = 127, kNotExecutable = 126, kOtherError = 255;
  context.error_status = kOtherError;
  try {
    return exec_process(context, id, options);
  } catch (const plan::ProgramError& error) {
    context.error_status = error.is_missing() ? kNotFound : kNotExecutable;
    rethrow(error, options.process);
  } catch (const Error& error) {
    rethrow(error, options.process);
  }
}

std::string plan_of_exec(Context& context, const std::string& id, ExecOptions options, bool json) {
  options.start_at_once = options.relay_terminal = true;
  const auto dir = store::StateDir::open(context.root, id);
  const plan::Plan plan = compile(dir, read_running(dir, true), options);
  context.warnings = plan.warnings;
  return plan::print_plan(plan, json);
}

}  // namespace berth::exec
