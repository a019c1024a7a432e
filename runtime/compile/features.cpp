#include "runtime/compile/features.h"

#include "runtime/compile/annotations.h"
#include "runtime/compile/files/mount_options.h"
#include "runtime/compile/seccomp/seccomp.h"
#include "runtime/linux/security/privileges.h"
#include "spec/config/describe.h"
#include "spec/documents/version.h"
#include "spec/json/visitor.h"

namespace berth::plan {

namespace {

/// The architectures for which this build can make filters.
spec::Strings seccomp_architectures() {
  spec::Strings names = spec::kSeccompArchitectures.list();
  std::erase_if(names, [](const auto& name) { return !architecture_fault(name).empty(); });
  return names;
}

spec::SeccompFeatures seccomp_features() {
  return {.enabled = true,
          .actions = spec::kSeccompActions.list(),
          .operators = spec::kSeccompOperators.list(),
          .architectures = seccomp_architectures(),
          .known_flags = spec::kSeccompFlags.list(),
          .supported_flags = spec::kSeccompFlags.list()};
}

/// Without libsystemd there is no berth-systemd.
#ifdef BERTH_HAS_SYSTEMD
constexpr bool kHasSystemd = true;
#else
constexpr bool kHasSystemd = false;
#endif

spec::LinuxFeatures linux_features() {
  return {
      .namespaces = spec::kNamespaceTypes.list(),
      .capabilities = sys::capability_names(),
      .cgroup = spec::CgroupFeatures{.v1 = true,
                                     .v2 = true,
                                     .systemd = kHasSystemd,
                                     .systemd_user = kHasSystemd,
                                     .rdma = true},
      .seccomp = seccomp_features(),
      .apparmor = spec::FeatureSwitch{.enabled = true},
      .selinux = spec::FeatureSwitch{.enabled = true},
      .intel_rdt = spec::IntelRdtFeatures{.enabled = true, .schemata = true, .monitoring = true},
      .memory_policy = spec::MemoryPolicyFeatures{.modes = spec::kMemoryPolicyModes.list(),
                                                  .flags = spec::kMemoryPolicyFlags.list()},
      .mount_extensions = spec::MountExtensions{.idmap = spec::FeatureSwitch{.enabled = true}},
      .net_devices = spec::FeatureSwitch{.enabled = true}};
}

}  // namespace

spec::Features features() {
  return {.oci_version_min = "1.0.0",
          .oci_version_max = spec::kOciVersion,
          .hooks = spec::names_of<spec::Hooks>(),
          .mount_options = known_mount_options(),
          .linux = linux_features(),
          .annotations = spec::StringMap{{"berth.version", BERTH_VERSION}},
          .potentially_unsafe_config_annotations = effective_annotations()};
}

}  // namespace berth::plan
