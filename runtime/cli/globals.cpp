#include "runtime/cli/globals.h"

#include "runtime/cli/values.h"
#include "spec/error.h"

namespace berth::cli {

namespace {

constexpr std::string_view kFilePrefix = "file:";

constexpr Flag kFlags[] = {
    {"--root DIR", in<Globals, &Globals::root>, "where containers are kept"},
    {"--log FILE", in<Globals, &Globals::log>,
     "append to FILE, or file:FILE, what else goes to standard error"},
    {"--log-format FORMAT", in<Globals, &Globals::log_format>, "of FILE: text or json"},
    {"--log-level LEVEL", in<Globals, &Globals::log_level>,
     "least to report: error (the default), warning, info or debug"},
    {"--debug", in<Globals, &Globals::debug>, "equals --log-level debug"},
    {"--trace FILE", in<Globals, &Globals::trace>, "write where the time went, for trace viewers"},
    {"--cgroup-manager NAME", in<Globals, &Globals::cgroup_manager>,
     "who makes the container's cgroup: cgroupfs (berth), systemd, or disabled: nobody does"},
    {"--systemd-cgroup", in<Globals, &Globals::systemd_cgroup>, "equals --cgroup-manager systemd"},
    {"--rootless WHEN", in<Globals, &Globals::rootless>,
     "leave out cgroups that may not be made: true, false, or auto: for users"},
    {"VERB", in<Globals, &Globals::verb>, "one of those below"},
};

/// crun's names for logs that are not files.
bool is_elsewhere(const std::string& log) {
  return log.starts_with("journald:") || log.starts_with("syslog:");
}

}  // namespace

std::span<const Flag> global_flags() { return kFlags; }

void apply(const Globals& globals, Call& call) {
  call.context.root = globals.root;
  call.context.trace_file = globals.trace;
  const bool is_marked = globals.log.starts_with(kFilePrefix);
  call.log.file = globals.log.substr(is_marked ? kFilePrefix.size() : 0);
  if (is_elsewhere(globals.log)) call.log.file.clear();
  call.log.json = globals.log_format == "json";
  const std::string& level = globals.log_level;
  // berth has no messages between these two levels.
  if (level == "warning" || level == "info") call.log.level = Level::Warning;
  if (globals.debug || level == "debug") call.log.level = Level::Debug;
  call.no_cgroups = globals.cgroup_manager == "disabled";
  if (globals.cgroup_manager == "systemd") call.systemd_flag = "--cgroup-manager";
  if (globals.systemd_cgroup) call.systemd_flag = "--systemd-cgroup";
  if (globals.rootless != "auto") call.rootless = globals.rootless == "true";
}

void check(const Globals& globals) {
  require_one_of("--log-format", globals.log_format, {"text", "json"});
  require_one_of("--log-level", globals.log_level, {"error", "warning", "info", "debug"});
  require_one_of("--cgroup-manager", globals.cgroup_manager, {"cgroupfs", "systemd", "disabled"});
  if (is_elsewhere(globals.log)) {
    fail(ErrorKind::Unsupported, "'" + globals.log + "' is not supported", "--log",
         "give a file, or file:PATH");
  }
  require_one_of("--rootless", globals.rootless, {"auto", "true", "false"});
}

}  // namespace berth::cli
