// The features document: what berth implements, whether or not the host supports it. features.md,
// features-linux.md. An absent property means "unknown", which differs from false and empty (FT-4),
// so every property except the two versions is optional.
#pragma once

#include <optional>
#include <string>

#include "spec/config/config.h"
#include "spec/config/forms.h"
#include "spec/documents/version.h"
#include "spec/json/visitor.h"

namespace berth::spec {

struct FeatureSwitch {
  std::optional<bool> enabled;
};

struct CgroupFeatures {
  std::optional<bool> v1, v2, systemd, systemd_user, rdma;
};

struct SeccompFeatures {
  std::optional<bool> enabled;
  std::optional<Strings> actions, operators, architectures;
  std::optional<Strings> known_flags;
  std::optional<Strings> supported_flags;  ///< those that this build can ask the kernel for
};

struct IntelRdtFeatures {
  std::optional<bool> enabled, schemata, monitoring;
};

struct MemoryPolicyFeatures {
  std::optional<Strings> modes, flags;
};

struct MountExtensions {
  std::optional<FeatureSwitch> idmap;
};

struct LinuxFeatures {
  std::optional<Strings> namespaces;
  std::optional<Strings> capabilities;
  std::optional<CgroupFeatures> cgroup;
  std::optional<SeccompFeatures> seccomp;
  std::optional<FeatureSwitch> apparmor;
  std::optional<FeatureSwitch> selinux;
  std::optional<IntelRdtFeatures> intel_rdt;
  std::optional<MemoryPolicyFeatures> memory_policy;
  std::optional<MountExtensions> mount_extensions;
  std::optional<FeatureSwitch> net_devices;
};

struct Features {
  std::string oci_version_min;
  std::string oci_version_max;
  std::optional<Strings> hooks;
  std::optional<Strings> mount_options;
  std::optional<LinuxFeatures> linux;
  std::optional<StringMap> annotations;
  std::optional<Strings>
      potentially_unsafe_config_annotations;  ///< a trailing `.` makes it a prefix
};

void describe(auto& v, FeatureSwitch& feature) { v.optional("enabled", feature.enabled); }

void describe(auto& v, CgroupFeatures& cgroup) {
  v.optional("v1", cgroup.v1);
  v.optional("v2", cgroup.v2);
  v.optional("systemd", cgroup.systemd);
  v.optional("systemdUser", cgroup.systemd_user);
  v.optional("rdma", cgroup.rdma);
}

void describe(auto& v, SeccompFeatures& seccomp) {
  v.optional("enabled", seccomp.enabled);
  v.optional("actions", seccomp.actions);
  v.optional("operators", seccomp.operators);
  v.optional("archs", seccomp.architectures);
  v.optional("knownFlags", seccomp.known_flags);
  v.optional("supportedFlags", seccomp.supported_flags);
}

void describe(auto& v, IntelRdtFeatures& rdt) {
  v.optional("enabled", rdt.enabled);
  v.optional("schemata", rdt.schemata);
  v.optional("monitoring", rdt.monitoring);
}

void describe(auto& v, MemoryPolicyFeatures& policy) {
  v.optional("modes", policy.modes);
  v.optional("flags", policy.flags);
}

void describe(auto& v, MountExtensions& extensions) { v.optional("idmap", extensions.idmap); }

void describe(auto& v, LinuxFeatures& linux) {
  v.optional("namespaces", linux.namespaces);
  v.optional("capabilities", linux.capabilities);
  v.optional("cgroup", linux.cgroup);
  v.optional("seccomp", linux.seccomp);
  v.optional("apparmor", linux.apparmor);
  v.optional("selinux", linux.selinux);
  v.optional("intelRdt", linux.intel_rdt);
  v.optional("memoryPolicy", linux.memory_policy);
  v.optional("mountExtensions", linux.mount_extensions);
  v.optional("netDevices", linux.net_devices);
}

void describe(auto& v, Features& features) {
  v.required("ociVersionMin", features.oci_version_min, kVersion1);
  v.required("ociVersionMax", features.oci_version_max, kVersion1);
  v.optional("hooks", features.hooks);
  v.optional("mountOptions", features.mount_options);
  v.optional("linux", features.linux);
  v.optional("annotations", features.annotations, kNotEmpty);
  v.optional("potentiallyUnsafeConfigAnnotations", features.potentially_unsafe_config_annotations);
}

/// What is equal in every build: the words are from the tables of the reader, and the constants are
/// for what the compiler and init implement. runtime/compile/features.cpp adds the rest.
inline Features features_of_every_build() {
  constexpr FeatureSwitch kYes = {.enabled = true};
  return {
      .oci_version_min = "1.0.0",
      .oci_version_max = kOciVersion,
      .hooks = names_of<Hooks>(),
      .mount_options = {},
      .linux =
          LinuxFeatures{
              .namespaces = kNamespaceTypes.list(),
              .capabilities = {},
              .cgroup =
                  CgroupFeatures{
                      .v1 = true, .v2 = true, .systemd = {}, .systemd_user = {}, .rdma = true},
              .seccomp = SeccompFeatures{.enabled = true,
                                         .actions = kSeccompActions.list(),
                                         .operators = kSeccompOperators.list(),
                                         .architectures = {},
                                         .known_flags = kSeccompFlags.list(),
                                         .supported_flags = kSeccompFlags.list()},
              .apparmor = kYes,
              .selinux = kYes,
              .intel_rdt = IntelRdtFeatures{.enabled = true, .schemata = true, .monitoring = true},
              .memory_policy = MemoryPolicyFeatures{.modes = kMemoryPolicyModes.list(),
                                                    .flags = kMemoryPolicyFlags.list()},
              .mount_extensions = MountExtensions{.idmap = kYes},
              .net_devices = kYes},
      .annotations = {},
      .potentially_unsafe_config_annotations = {}};
}

}  // namespace berth::spec
