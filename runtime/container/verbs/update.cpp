#include "runtime/container/verbs/update.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/cgroup/change.h"
#include "runtime/cgroup/scope.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/compile/cgroup/device_changes.h"
#include "runtime/compile/cgroup/device_program.h"
#include "runtime/compile/cgroup/resources.h"
#include "runtime/compile/cgroup/systemd/unit_properties.h"
#include "runtime/compile/cgroup/systemd/unit_values.h"
#include "runtime/container/identity.h"
#include "runtime/container/own_cgroups.h"
#include "runtime/linux/cgroup/bpf.h"
#include "runtime/linux/files/file.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::container {

namespace {

constexpr char kDevices[] = "/linux/resources/devices";

/// What an update writes.
struct UpdatePlan {
  std::vector<plan::CgroupWrite> limits;
  std::vector<plan::CgroupWrite> device_rules;          ///< of v1
  std::optional<std::vector<bpf_insn>> device_program;  ///< of v2; empty: all devices are allowed
  std::vector<plan::UnitProperty> unit_properties;      ///< for a scope of systemd
};

store::Record read_updatable(store::StateDir& dir) {
  dir.lock();
  auto record = dir.read();
  const Status status = record ? status_of(dir, *record) : Status::Stopped;
  if (status == Status::Stopped || status == Status::Creating) {
    fail(ErrorKind::State,
         "container is " + status_word(status) + ", not created, running or paused");
  }
  if (record->cgroups.empty()) fail(ErrorKind::State, "the container has no cgroup of its own");
  return std::move(*record);
}

/// Engines send this rule with every update, without the container's own rules. One that denies a
/// part of the access is meant.
bool is_only_deny_all(const std::vector<spec::DeviceRule>& rules) {
  const auto has_all_access = [](const std::string& access) {
    return access.empty() || std::ranges::all_of(std::string_view("rwm"), [&](char letter) {
             return access.find(letter) != access.npos;
           });
  };
  const auto is_any = [](const std::optional<std::int64_t>& number) {
    return number.value_or(-1) == -1;
  };
  return rules.size() == 1 && !rules[0].allow && (rules[0].type.empty() || rules[0].type == "a") &&
         is_any(rules[0].major) && is_any(rules[0].minor) && has_all_access(rules[0].access);
}

void compile_devices(const std::vector<spec::DeviceRule>& asked, const OwnCgroups& own,
                     UpdatePlan& update, Problems& problems) {
  if (asked.empty() || is_only_deny_all(asked)) return;
  const auto rules = plan::compile_device_rules(asked, problems);
  if (own.layout.find("devices") != nullptr) {
    const std::string list = sys::read_file(own.directory_of("devices") + "/devices.list");
    update.device_rules = plan::compile_device_changes(list, rules, problems);
  } else if (own.layout.unified() != nullptr) {
    update.device_program = plan::compile_device_program(rules, problems);
    update.unit_properties = plan::device_properties(rules);
  } else {
    problems.add(kDevices, "the container has no cgroup that can have device rules",
                 ErrorKind::Unsupported);
  }
}

/// In a file, a limit of pids that is 0 may stand for one that is not given.
void resolve_zero_pids(const UpdateRequest& request, const store::Record& record,
                       spec::Resources& resources) {
  if (!plan::takes_zero_pids_for_none(resources, record.oci_version)) return;
  resources.pids.reset();
  if (!request.file.empty()) return;
  fail(ErrorKind::Config,
       "0 is a limit only for a config.json of version 1.3 or newer, and this one has " +
           record.oci_version,
       "--pids-limit", "-1 is no limit");
}

std::string value_of(const OwnCgroups& own, const std::string& controller,
                     const std::string& file) {
  const std::string text =
      sys::read_file_if_exists(own.directory_of(controller) + "/" + file).value_or("");
  return std::string(text::trimmed(text));
}

bool has_file(const std::vector<plan::CgroupWrite>& writes, std::string_view file) {
  return std::ranges::find(writes, file, &plan::CgroupWrite::file) != writes.end();
}

/// The kernel gives a cgroup that is no longer idle its usual weight. systemd would make it idle
/// again.
bool ends_idle(const std::vector<plan::CgroupWrite>& limits, const OwnCgroups& own) {
  const auto idle = std::ranges::find(limits, "cpu.idle", &plan::CgroupWrite::file);
  return idle != limits.end() && idle->value == "0" && !has_file(limits, "cpu.weight") &&
         value_of(own, "cpu", "cpu.idle") == "1";
}

void check_oom_group(const std::vector<plan::CgroupWrite>& limits, const OwnCgroups& own,
                     Problems& problems) {
  for (const plan::CgroupWrite& write : limits) {
    if (write.file != plan::kOomGroup || write.value == value_of(own, "memory", write.file)) {
      continue;
    }
    problems.add(write.origin, "systemd takes OOMPolicy, which decides it, only for a new scope",
                 ErrorKind::Unsupported);
  }
}

/// What systemd has to keep, or it would set its own values again.
void compile_unit(const OwnCgroups& own, UpdatePlan& update, Problems& problems) {
  plan::match_unit_weights(update.limits);
  plan::check_unit_values(update.limits, problems);
  check_oom_group(update.limits, own, problems);
  for (const auto& properties :
       {plan::limit_properties(update.limits), plan::process_properties(update.limits)}) {
    std::ranges::copy(properties, std::back_inserter(update.unit_properties));
  }
  if (ends_idle(update.limits, own)) update.unit_properties.push_back({"CPUWeight", "t", {"100"}});
}

UpdatePlan compile_update(const spec::Resources& resources, const store::Record& record,
                          const OwnCgroups& own, Problems& problems) {
  UpdatePlan update;
  update.limits =
      plan::compile_resources(resources, own.layout, problems, read_standing(resources, own));
  compile_devices(resources.devices, own, update, problems);
  if (record.scope) compile_unit(own, update, problems);
  return update;
}

/// RS-MEM-3
void check_usage(const spec::Resources& resources, const OwnCgroups& own, Problems& problems) {
  const spec::Memory memory = resources.memory.value_or(spec::Memory{});
  if (!memory.check_before_update.value_or(false) || memory.limit.value_or(0) <= 0) return;
  const std::uint64_t usage = memory_usage(own);
  if (std::cmp_greater_equal(*memory.limit, usage)) return;
  problems.add("/linux/resources/memory/limit", std::to_string(*memory.limit) +
                                                    " is less than the " + std::to_string(usage) +
                                                    " bytes in use");
}

std::vector<cgroup::FileChange> read_changes(std::vector<plan::CgroupWrite> writes,
                                             const OwnCgroups& own, const UpdateRequest& request) {
  for (plan::CgroupWrite& write : writes) write.origin = origin_of(request, write.origin);
  return cgroup::read_changes(own.directories, writes);
}

std::string shown(const std::string& value) {
  const std::string_view text = text::trimmed(value);
  return text.empty() ? "-" : std::string(text);
}

std::string lines_of(const std::vector<cgroup::FileChange>& changes) {
  std::string lines;
  for (const cgroup::FileChange& change : changes) {
    lines += change.path + ": " + shown(change.before) + " -> " + shown(change.value) + "\n";
  }
  return lines;
}

sys::Dir open_unified(const OwnCgroups& own) {
  const auto unified =
      std::ranges::find_if(own.directories, [](const auto& one) { return one.hierarchy.unified; });
  return sys::open_dir(unified->path);
}

std::string lines_of(const UpdatePlan& plan, const OwnCgroups& own) {
  if (!plan.device_program) return {};
  return open_unified(own).name + ": new device rules, a program of " +
         std::to_string(plan.device_program->size()) + " instructions\n";
}

/// Loads the program, which the kernel may refuse; nothing if all devices are allowed.
sys::Fd load(const std::optional<std::vector<bpf_insn>>& program) {
  return program && !program->empty() ? sys::load_device_program(*program) : sys::Fd();
}

void set_device_program(const sys::Dir& cgroup, const sys::Fd& program) {
  program ? sys::replace_device_program(cgroup, program) : sys::detach_own_device_program(cgroup);
}

/// The properties that a unit had. Those of its devices are not known: it gets none, and the
/// program that berth attached earlier has the rules alone.
std::vector<plan::UnitProperty> former_properties(const std::vector<cgroup::FileChange>& changes) {
  std::vector<plan::CgroupWrite> values;
  for (const cgroup::FileChange& change : changes) {
    if (change.before.empty()) continue;
    const std::string file = change.path.substr(change.path.rfind('/') + 1);
    values.push_back({.controller = {}, .file = file, .value = change.before, .origin = {}});
  }
  auto properties = plan::limit_properties(values);
  std::ranges::copy(plan::process_properties(values), std::back_inserter(properties));
  std::ranges::copy(plan::no_device_properties(), std::back_inserter(properties));
  return properties;
}

/// Attaches the program. If that fails, the unit gets its properties back.
void replace_devices(Context& context, const store::Record& record, const OwnCgroups& own,
                     const sys::Fd& program, const std::vector<plan::UnitProperty>& former) {
  try {
    set_device_program(open_unified(own), program);
  } catch (const std::exception&) {
    try {
      if (record.scope) cgroup::set_unit_properties(*record.scope, former);
    } catch (const std::exception& error) {
      note_failure(context, "the unit keeps its new properties: ", error);
    }
    throw;
  }
}

/// The schemata of the resctrl group that was made for the container.
void add_schemata(const UpdateRequest& request, const store::Record& record,
                  std::vector<cgroup::FileChange>& changes) {
  const std::pair<const char*, const std::string&> schemata[] = {
      {"--l3-cache-schema", request.l3_cache_schema}, {"--mem-bw-schema", request.mem_bw_schema}};
  const auto group = std::ranges::find_if(record.rdt_groups, [](const std::string& one) {
    return one.find("/mon_groups/") == one.npos;
  });
  for (const auto& [flag, schema] : schemata) {
    if (schema.empty()) continue;
    if (group == record.rdt_groups.end()) {
      fail(ErrorKind::State, "the container has no resctrl group of its own", flag);
    }
    changes.push_back(cgroup::read_change(*group + "/schemata", schema + "\n", flag));
  }
}

}  // namespace

std::string update(Context& context, const std::string& id, const UpdateOptions& options) {
  Problems problems;
  spec::Resources resources = read_resources(options, problems);
  fail_if_any(problems, options);
  auto dir = store::StateDir::open(context.root, id);
  const store::Record record = read_updatable(dir);
  const OwnCgroups own = find_own_cgroups(record);
  resolve_zero_pids(options, record, resources);
  const UpdatePlan plan = compile_update(resources, record, own, problems);
  check_usage(resources, own, problems);
  fail_if_any(problems, options);
  auto limits = read_changes(plan.limits, own, options);
  add_schemata(options, record, limits);
  auto device_rules = read_changes(plan.device_rules, own, options);
  std::string lines = lines_of(limits) + lines_of(device_rules) + lines_of(plan, own);
  if (options.dry_run) return lines;

  const std::vector<plan::UnitProperty> former = former_properties(limits);
  cgroup::Changes made_limits(std::move(limits), context.failures);
  cgroup::Changes made_rules(std::move(device_rules), context.failures);
  const sys::Fd program = load(plan.device_program);  // refused before the first effect
  made_limits.make();
  made_rules.make();
  // systemd sets all properties or none, and those that it refuses undo the files.
  if (record.scope && !plan.unit_properties.empty()) {
    cgroup::set_unit_properties(*record.scope, plan.unit_properties);
  }
  if (plan.device_program) replace_devices(context, record, own, program, former);
  made_rules.keep();
  made_limits.keep();
  return lines;
}

}  // namespace berth::container
