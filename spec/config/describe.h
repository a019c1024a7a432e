// describe() for the structs of config.json, in the order of config.md: the JSON name, field and
// rule of every property. Reading, writing, the schema and every other walk over a config use it;
// spec/json/visitor.h explains the notation. The rules concern the form of a document and need no
// knowledge of the host. describe_linux.h has the linux section.
#pragma once

#include "spec/config/config.h"
#include "spec/config/describe_linux.h"
#include "spec/config/forms.h"
#include "spec/config/words.h"

namespace berth::spec {

// ---- root, mounts ---------------------------------------------------------------------------

void describe(auto& v, Root& root) {
  v.required("path", root.path, kNotEmpty);
  v.optional("readonly", root.readonly);
}

inline constexpr Clause kUidMappingsToo{
    R"("if": {"required": ["gidMappings"], "properties": {"gidMappings": {"minItems": 1}}}, )"
    R"("then": {"required": ["uidMappings"], "properties": {"uidMappings": {"minItems": 1}}})"};
inline constexpr Clause kGidMappingsToo{
    R"("if": {"required": ["uidMappings"], "properties": {"uidMappings": {"minItems": 1}}}, )"
    R"("then": {"required": ["gidMappings"], "properties": {"gidMappings": {"minItems": 1}}})"};

void describe(auto& v, Mount& mount) {
  v.required("destination", mount.destination, kNotEmpty);
  v.optional("type", mount.type);
  v.optional("source", mount.source);
  v.optional("options", mount.options);
  v.optional("uidMappings", mount.uid_mappings);
  v.optional("gidMappings", mount.gid_mappings);
  // MT-7
  v.check("uidMappings", "gidMappings", !mount.uid_mappings.empty() || mount.gid_mappings.empty(),
          "an array, as there are 'gidMappings'", kUidMappingsToo);
  v.check("gidMappings", "uidMappings", !mount.gid_mappings.empty() || mount.uid_mappings.empty(),
          "an array, as there are 'uidMappings'", kGidMappingsToo);
}

// ---- process --------------------------------------------------------------------------------

void describe(auto& v, ConsoleSize& size) {
  v.required("height", size.height);
  v.required("width", size.width);
}

void describe(auto& v, Rlimit& rlimit) {
  v.required("type", rlimit.type, kRlimitTypes);
  v.required("soft", rlimit.soft);
  v.required("hard", rlimit.hard);
  v.check("soft", "hard", rlimit.soft <= rlimit.hard, "at most 'hard'");
}

/// An unknown capability is a warning rather than an error (PR-CAP-1), so any word is accepted
/// here.
void describe(auto& v, Capabilities& capabilities) {
  v.optional("bounding", capabilities.bounding);
  v.optional("effective", capabilities.effective);
  v.optional("inheritable", capabilities.inheritable);
  v.optional("permitted", capabilities.permitted);
  v.optional("ambient", capabilities.ambient);
}

void describe(auto& v, Scheduler& scheduler) {
  v.required("policy", scheduler.policy, kSchedulerPolicies);
  v.optional("nice", scheduler.nice, Range{-20, 19});
  v.optional("priority", scheduler.priority, Range{0, 99});
  v.optional("flags", scheduler.flags, kSchedulerFlags);
  v.optional("runtime", scheduler.runtime);
  v.optional("deadline", scheduler.deadline);
  v.optional("period", scheduler.period);
}

void describe(auto& v, IoPriority& io) {
  v.required("class", io.class_name, kIoPriorityClasses);
  v.required("priority", io.priority, Range{0, 7});
}

void describe(auto& v, CpuAffinity& affinity) {
  v.optional("initial", affinity.initial, kNumberList);
  v.optional("final", affinity.final_set, kNumberList);
}

void describe(auto& v, User& user) {
  v.required("uid", user.uid, kId);
  v.required("gid", user.gid, kId);
  v.optional("umask", user.umask, Range{0, 0777});
  v.optional("additionalGids", user.additional_gids, kId);
}

inline constexpr Clause kSomeArgs{R"("properties": {"args": {"minItems": 1}})"};

void describe(auto& v, Process& process) {
  v.optional("terminal", process.terminal);
  v.optional("consoleSize", process.console_size);
  v.optional("user", process.user);
  v.required("args", process.args);
  v.check("args", !process.args.empty(), "at least the program", kSomeArgs);
  v.optional("env", process.env, kVariable);
  v.required("cwd", process.cwd, kAbsolutePath);
  v.optional("capabilities", process.capabilities);
  v.optional("rlimits", process.rlimits);
  v.unique("rlimits", process.rlimits, &Rlimit::type, "type");
  v.optional("noNewPrivileges", process.no_new_privileges);
  v.optional("apparmorProfile", process.apparmor_profile);
  v.optional("selinuxLabel", process.selinux_label);
  v.optional("oomScoreAdj", process.oom_score_adj, Range{-1000, 1000});
  v.optional("scheduler", process.scheduler);
  v.optional("ioPriority", process.io_priority);
  v.optional("execCPUAffinity", process.exec_cpu_affinity);
}

// ---- hooks ----------------------------------------------------------------------------------

void describe(auto& v, Hook& hook) {
  v.required("path", hook.path, kAbsolutePath);
  v.optional("args", hook.args);
  v.optional("env", hook.env, kVariable);
  v.optional("timeout", hook.timeout, kPositive);
}

void describe(auto& v, Hooks& hooks) {
  v.optional("prestart", hooks.prestart);
  v.optional("createRuntime", hooks.create_runtime);
  v.optional("createContainer", hooks.create_container);
  v.optional("startContainer", hooks.start_container);
  v.optional("poststart", hooks.poststart);
  v.optional("poststop", hooks.poststop);
}

// ---- the document ---------------------------------------------------------------------------

void describe(auto& v, Config& config) {
  v.required("ociVersion", config.oci_version, kVersion1);
  v.optional("process", config.process);
  v.required("root", config.root);
  v.optional("hostname", config.hostname, kHostName);
  v.optional("domainname", config.domainname, kHostName);
  v.optional("mounts", config.mounts);
  v.optional("hooks", config.hooks);
  v.optional("annotations", config.annotations, kNotEmpty);
  v.optional("linux", config.linux);
}

}  // namespace berth::spec
