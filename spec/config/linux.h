// The linux section, and those of its objects that have no chapter of their own: config-linux.md.
// See config.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spec/config/devices.h"
#include "spec/config/forms.h"
#include "spec/config/id_mapping.h"
#include "spec/config/namespaces.h"
#include "spec/config/resources.h"
#include "spec/config/seccomp.h"
#include "spec/config/strings.h"
#include "spec/json/rules.h"

namespace berth::spec {

struct IntelRdt {
  std::optional<std::string> clos_id;
  Strings schemata;
  std::optional<std::string> l3_cache_schema;
  std::optional<std::string> mem_bw_schema;
  bool enable_monitoring = false;
};

void describe(auto& v, IntelRdt& rdt) {
  v.optional("closID", rdt.clos_id, OrEmpty{kClassOfService});
  v.optional("schemata", rdt.schemata, kOneLine);
  v.optional("l3CacheSchema", rdt.l3_cache_schema, kOneLine);
  v.optional("memBwSchema", rdt.mem_bw_schema, OrEmpty{kBandwidthSchema});
  v.optional("enableMonitoring", rdt.enable_monitoring);
}

/// set_mempolicy(2)
inline constexpr WordValue kMemoryModeRows[] = {
    {"MPOL_DEFAULT", 0},    {"MPOL_BIND", 2},
    {"MPOL_INTERLEAVE", 3}, {"MPOL_WEIGHTED_INTERLEAVE", 6},
    {"MPOL_PREFERRED", 1},  {"MPOL_PREFERRED_MANY", 5},
    {"MPOL_LOCAL", 4},
};
inline constexpr WordTable kMemoryPolicyModes{kMemoryModeRows};

inline constexpr WordValue kMemoryFlagRows[] = {
    {"MPOL_F_NUMA_BALANCING", 1 << 13},
    {"MPOL_F_RELATIVE_NODES", 1 << 14},
    {"MPOL_F_STATIC_NODES", 1 << 15},
};
inline constexpr WordTable kMemoryPolicyFlags{kMemoryFlagRows};

struct MemoryPolicy {
  std::string mode;
  std::string nodes;
  Strings flags;
};

inline constexpr Words kModesWithoutNodes{"MPOL_DEFAULT MPOL_LOCAL MPOL_PREFERRED"};
inline constexpr Words kModesWithNodes{
    "MPOL_BIND MPOL_INTERLEAVE MPOL_WEIGHTED_INTERLEAVE MPOL_PREFERRED_MANY MPOL_PREFERRED"};

inline constexpr Clause kModeTakesNodes{
    R"("if": {"required": ["nodes"], "properties": {"nodes": {"minLength": 1}}}, )"
    R"("then": {"properties": {"mode": {"not": {"enum": ["MPOL_DEFAULT", "MPOL_LOCAL"]}}}}, )"
    R"("else": {"properties": {"mode": {"enum": ["MPOL_DEFAULT", "MPOL_LOCAL", )"
    R"("MPOL_PREFERRED"]}}})"};

void describe(auto& v, MemoryPolicy& policy) {
  v.required("mode", policy.mode, kMemoryPolicyModes);
  v.optional("nodes", policy.nodes, kNumberList);
  const bool none = policy.nodes.empty();
  v.check("nodes", "mode", !none || kModesWithoutNodes.holds(policy.mode), "nodes for this 'mode'");
  v.check("nodes", "mode", none || kModesWithNodes.holds(policy.mode), "no nodes for this 'mode'",
          kModeTakesNodes);
  v.optional("flags", policy.flags, kMemoryPolicyFlags);
}

/// personality(2)
inline constexpr WordValue kDomainRows[] = {{"LINUX", 0}, {"LINUX32", 8}};
inline constexpr WordTable kPersonalityDomains{kDomainRows};

struct Personality {
  std::string domain;
  Strings flags;
};

inline constexpr Clause kNoFlags{R"("properties": {"flags": {"maxItems": 0}})"};

void describe(auto& v, Personality& personality) {
  v.required("domain", personality.domain, kPersonalityDomains);
  v.optional("flags", personality.flags);
  v.check("flags", personality.flags.empty(), "no flags: none are defined", kNoFlags);
}

/// mount(2): MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, the second time with MS_REC. The
/// header of the kernel with these names cannot stand beside that of a C library, and this one is
/// everywhere. The specification defines the first four words; engines also send the recursive
/// ones.
inline constexpr WordValue kPropagationRows[] = {
    {"shared", 1 << 20},
    {"slave", 1 << 19},
    {"private", 1 << 18},
    {"unbindable", 1 << 17},
    {"rshared", 1 << 20 | 1 << 14},
    {"rslave", 1 << 19 | 1 << 14},
    {"rprivate", 1 << 18 | 1 << 14},
    {"runbindable", 1 << 17 | 1 << 14},
};
inline constexpr WordTable kPropagations{kPropagationRows};

struct Linux {
  std::vector<Namespace> namespaces;
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  std::map<std::string, TimeOffset> time_offsets;
  std::vector<Device> devices;
  std::map<std::string, NetDevice> net_devices;
  std::string cgroups_path;
  std::optional<Resources> resources;
  std::optional<IntelRdt> intel_rdt;
  std::optional<MemoryPolicy> memory_policy;
  StringMap sysctl;
  std::optional<Seccomp> seccomp;
  std::string rootfs_propagation;
  Strings masked_paths;
  Strings readonly_paths;
  std::string mount_label;
  std::optional<Personality> personality;
};

void describe(auto& v, Linux& linux) {
  v.optional("uidMappings", linux.uid_mappings);
  v.optional("gidMappings", linux.gid_mappings);
  v.optional("timeOffsets", linux.time_offsets, kClocks);
  v.optional("sysctl", linux.sysctl, kNotEmpty);
  v.optional("cgroupsPath", linux.cgroups_path);
  v.optional("resources", linux.resources);
  v.optional("namespaces", linux.namespaces);
  v.unique("namespaces", linux.namespaces, &Namespace::type, "type");
  v.optional("devices", linux.devices);
  v.optional("netDevices", linux.net_devices, kInterfaceName);
  v.optional("seccomp", linux.seccomp);
  v.optional("rootfsPropagation", linux.rootfs_propagation, OrEmpty{kPropagations});
  v.optional("maskedPaths", linux.masked_paths, kAbsolutePath);
  v.optional("readonlyPaths", linux.readonly_paths, kAbsolutePath);
  v.optional("mountLabel", linux.mount_label);
  v.optional("intelRdt", linux.intel_rdt);
  v.optional("memoryPolicy", linux.memory_policy);
  v.optional("personality", linux.personality);
}

}  // namespace berth::spec
