#include "runtime/compile/exec_config.h"

#include <memory>

#include "runtime/compile/annotations.h"
#include "runtime/compile/process/policy.h"
#include "runtime/compile/seccomp/seccomp.h"

namespace berth::plan {

spec::Config exec_config_of(const spec::Config& config) {
  spec::Config kept;
  kept.oci_version = config.oci_version;
  kept.root = config.root;
  kept.process = config.process;
  kept.annotations = annotations_for_exec(config);
  for (const spec::Namespace& one : config.linux.namespaces) {
    if (one.path.empty()) kept.linux.namespaces.push_back(one);
  }
  keep_policies(config, kept);
  kept.linux.intel_rdt = config.linux.intel_rdt;
  if (config.linux.seccomp) kept.linux.seccomp = without_compiled_rules(*config.linux.seccomp);
  return kept;
}

void compile_kept_config(const spec::Config& config, Slot filter, Builder& builder) {
  builder.plan.exec_config = std::make_shared<spec::Config>(exec_config_of(config));
  builder.add(KeepConfig{}, "");
  if (filter != kNoSlot) builder.add(KeepFilter{.filter = filter}, "/linux/seccomp");
}

}  // namespace berth::plan
