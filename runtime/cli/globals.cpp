#include "runtime/cli/globals.h"

#include "runtime/cli/values.h"

namespace berth::cli {

namespace {

constexpr Flag kFlags[] = {
    {"--root DIR", in<Globals, &Globals::root>, "where containers are kept"},
    {"--log FILE", in<Globals, &Globals::log>, "append to FILE what else goes to standard error"},
    {"--log-format FORMAT", in<Globals, &Globals::log_format>, "of FILE: text or json"},
    {"--log-level LEVEL", in<Globals, &Globals::log_level>,
     "least to report: error (the default), warning, info or debug"},
    {"--debug", in<Globals, &Globals::debug>, "equals --log-level debug"},
    {"--trace FILE", in<Globals, &Globals::trace>, "write where the time went, for trace viewers"},
    {"--cgroup-manager NAME", in<Globals, &Globals::cgroup_manager>,
     "cgroupfs; others are refused"},
    {"--systemd-cgroup", in<Globals, &Globals::systemd_cgroup>, "refused: not supported yet"},
    {"--rootless WHEN", in<Globals, &Globals::rootless>,
     "leave out cgroups that may not be made: true, false, or auto: for users"},
    {"VERB", in<Globals, &Globals::verb>, "one of those below"},
};

}  // namespace

std::span<const Flag> global_flags() { return kFlags; }

void apply(const Globals& globals, Call& call) {
  call.context.root = globals.root;
  call.context.trace_file = globals.trace;
  call.log.file = globals.log;
  call.log.json = globals.log_format == "json";
  const std::string& level = globals.log_level;
  // berth has no messages between these two levels.
  if (level == "warning" || level == "info") call.log.level = Level::Warning;
  if (globals.debug || level == "debug") call.log.level = Level::Debug;
  if (globals.rootless != "auto") call.rootless = globals.rootless == "true";
}

void check(const Globals& globals) {
  require_one_of("--log-format", globals.log_format, {"text", "json"});
  require_one_of("--log-level", globals.log_level, {"error", "warning", "info", "debug"});
  require_one_of("--cgroup-manager", globals.cgroup_manager, {"cgroupfs", "systemd", "disabled"});
  require_one_of("--rootless", globals.rootless, {"auto", "true", "false"});
  refuse_if(globals.cgroup_manager != "cgroupfs", "--cgroup-manager",
            "'" + globals.cgroup_manager + "' is ");
  refuse_if(globals.systemd_cgroup, "--systemd-cgroup");
}

}  // namespace berth::cli
