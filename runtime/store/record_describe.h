// The JSON names of a Record's properties; see spec/json/visitor.h. A change that an older berth
// would misread needs a new Record::kVersion.
#pragma once

#include "runtime/store/record.h"
#include "spec/config/config.h"
#include "spec/config/forms.h"

namespace berth::plan {

void describe(auto& v, ScopeName& scope) {
  v.required("unit", scope.unit);
  v.optional("user", scope.is_user);
}

void describe(auto& v, SeccompAgent& agent) {
  v.required("path", agent.path, spec::kAbsolutePath);
  v.optional("metadata", agent.metadata);
}

}  // namespace berth::plan

namespace berth::sys {  // where a visitor looks for it

void describe(auto& v, FileIdentity& file) {
  v.optional("device", file.device);
  v.optional("inode", file.inode);
}

}  // namespace berth::sys

namespace berth::store {

template <class Visitor>
void describe(Visitor& v, ContainerCgroup& cgroup) {
  v.required("directory", cgroup.directory, spec::kAbsolutePath);
  v.optional("topmost", cgroup.topmost, spec::kAbsolutePath);
  v.optional("claimed", cgroup.is_claimed);
  v.optional("inode", cgroup.inode);
  v.optional("unified", cgroup.is_unified);
}

template <class Visitor>
void describe(Visitor& v, Process& process) {
  v.optional("pid", process.pid);
  v.optional("startTime", process.start_time);
  v.optional("number", process.number);
}

template <class Visitor>
void describe(Visitor& v, Record& record) {
  v.required("version", record.version);
  v.required("id", record.id);
  v.required("bundle", record.bundle, spec::kAbsolutePath);
  v.required("rootfs", record.rootfs);
  v.required("ociVersion", record.oci_version);
  v.required("created", record.created);
  v.required("owner", record.owner);
  v.optional("annotations", record.annotations);
  v.required("complete", record.complete);
  v.required("runsCreateHooks", record.runs_create_hooks);
  v.optional("runsStartHooks", record.runs_start_hooks);
  v.required("hasProgram", record.has_program);
  v.optional("isChrooted", record.is_chrooted);
  v.optional("keepsKeyring", record.keeps_keyring);
  v.optional("creator", record.creator);
  v.optional("init", record.init);
  v.optional("program", record.program);
  v.optional("namespaces", record.namespaces);
  v.optional("cgroups", record.cgroups);
  v.optional("scope", record.scope);
  v.optional("freezers", record.freezers, spec::kAbsolutePath);
  v.optional("rdtGroups", record.rdt_groups, spec::kAbsolutePath);
  v.optional("seccompAgent", record.seccomp_agent);
  v.optional("hooks", record.hooks);
}

}  // namespace berth::store
