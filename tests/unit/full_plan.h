// A config with something of every phase, and its Plan as lines.
#pragma once

#include <algorithm>

#include "plan_fixture.h"
#include "runtime/compile/order.h"
#include "spec/config/default_config.h"

namespace berth::plan {

/// A v1 hierarchy with the device rules in files, and a v2 one.
inline Host hybrid_host() {
  Host host = mighty_host();
  host.cgroups.mode = CgroupLayout::Mode::Hybrid;
  host.cgroups.resctrl = "/r";
  host.cgroups.hierarchies = {{.name = "devices",
                               .controllers = {"devices"},
                               .mountpoint = "/cg/devices",
                               .root = "/",
                               .own_path = "/"},
                              {.name = "",
                               .controllers = {"pids"},
                               .mountpoint = "/cg/unified",
                               .root = "/",
                               .unified = true,
                               .own_path = "/"}};
  return host;
}

/// Something of every phase.
inline spec::Config full_config() {
  spec::Config config = spec::default_config();
  config.process->user.additional_gids = {5};
  config.process->oom_score_adj = 100;
  config.process->rlimits = {{"RLIMIT_NOFILE", 1024, 4096}};
  config.domainname = "example.org";
  config.linux.namespaces = {{"pid", ""},   {"network", ""}, {"ipc", ""},  {"uts", ""},
                             {"mount", ""}, {"cgroup", ""},  {"user", ""}, {"time", ""}};
  config.linux.uid_mappings = config.linux.gid_mappings = {{.host_id = 100000, .size = 65536}};
  config.linux.time_offsets = {{"boottime", {.secs = 1}}};
  config.linux.sysctl = {{"net.ipv4.ip_forward", "1"}};
  config.linux.seccomp.emplace().default_action = "SCMP_ACT_ALLOW";
  config.linux.resources->pids = spec::Pids{.limit = 64};
  config.linux.net_devices = {{"eth1", {}}};
  config.linux.intel_rdt = spec::IntelRdt{.mem_bw_schema = "MB:0=20"};
  config.hooks.prestart = {{"/prestart"}};
  config.hooks.create_runtime = {{"/create-runtime"}};
  config.hooks.create_container = {{"/create-container"}};
  config.hooks.start_container = {{"/start-container"}};
  config.hooks.poststart = {{"/poststart"}};
  return config;
}

struct Compiled {
  Problems problems;
  Plan plan;
};

inline Compiled compiled(const spec::Config& config, bool start_at_once = false) {
  Host host = hybrid_host();
  host.hard_limits[RLIMIT_NOFILE] = 2048;
  Request request{.id = "web1",
                  .bundle = "/b",
                  .relay_terminal = true,
                  .start_at_once = start_at_once,
                  .preserved_fds = 1};
  Compiled result;
  result.plan = compile(config, request, host, result.problems);
  return result;
}

/// `side op` of every step, of several equal ones the first.
inline Lines phases_of(const Plan& plan) {
  Lines lines;
  for (const Step& step : plan.steps) {
    std::string line = std::string(side_name(step.side)) + " " + op_name(step);
    if (lines.empty() || lines.back() != line) lines.push_back(std::move(line));
  }
  return lines;
}

/// Those of the chapters about files have tests of their own.
inline bool is_of_files(const std::string& line) {
  static const Lines kNames = {
      "open_tree",    "clone_tree",        "open_directory",    "detach_propagation",
      "attach_root",  "use_root",          "new_filesystem",    "pick_filesystem",
      "reconfigure",  "filesystem_option", "create_filesystem", "take_tree",
      "find_mount",   "set_attributes",    "set_propagation",   "make_device",
      "make_symlink", "open_null",         "mask_path",         "check_device"};
  const std::string name = line.substr(line.find(' ') + 1);
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

inline Lines frame_of(const Plan& plan) {
  Lines lines;
  for (const std::string& line : phases_of(plan)) {
    if (!is_of_files(line) && (lines.empty() || lines.back() != line)) lines.push_back(line);
  }
  return lines;
}

}  // namespace berth::plan
