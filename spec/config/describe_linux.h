// describe() for the linux section of config.json, in the order of config-linux.md; see
// describe.h.
#pragma once

#include <utility>

#include "spec/config/config.h"
#include "spec/config/forms.h"
#include "spec/config/words.h"

namespace berth::spec {

// ---- namespaces, mappings, devices ----------------------------------------------------------

void describe(auto& v, Namespace& space) {
  v.required("type", space.type, kNamespaceTypes);
  v.optional("path", space.path, OrEmpty{kAbsolutePath});
}

inline bool are_ids(std::uint32_t first, std::uint32_t size) {
  return std::uint64_t{first} + size <= std::uint64_t{kLastId} + 1;
}

void describe(auto& v, IdMapping& mapping) {
  constexpr char kWithinIds[] = "at most as many as there are up to the last id, 4294967294";
  v.required("containerID", mapping.container_id, kId);
  v.required("hostID", mapping.host_id, kId);
  v.required("size", mapping.size, Range{1, UINT32_MAX});
  v.check("size", "containerID", are_ids(mapping.container_id, mapping.size), kWithinIds);
  v.check("size", "hostID", are_ids(mapping.host_id, mapping.size), kWithinIds);
}

inline constexpr Words kClocks{"monotonic boottime"};

void describe(auto& v, TimeOffset& offset) {
  v.optional("secs", offset.secs);
  v.optional("nanosecs", offset.nanosecs, Range{0, 999'999'999});
}

inline constexpr Clause kDeviceHasNumber{
    R"("if": {"properties": {"type": {"const": "p"}}}, "else": {"required": ["major", "minor"]})"};

void describe(auto& v, Device& device) {
  v.required("type", device.type, kDeviceTypes);
  v.required("path", device.path, kAbsolutePath);
  v.optional("major", device.major, kDeviceNumber);
  v.optional("minor", device.minor, kDeviceNumber);
  const bool is_fifo = device.type == "p";
  v.check("major", "type", is_fifo || device.major, "a device number, as 'type' is not p");
  v.check("minor", "type", is_fifo || device.minor, "a device number, as 'type' is not p",
          kDeviceHasNumber);
  v.optional("fileMode", device.file_mode);
  v.optional("uid", device.uid, kId);
  v.optional("gid", device.gid, kId);
}

void describe(auto& v, NetDevice& device) {
  v.optional("name", device.name, OrEmpty{kInterfaceName});
}

// ---- resources ------------------------------------------------------------------------------

inline constexpr Words kDeviceRuleTypes{"a b c"};
/// Engines send -1 for any device.
inline constexpr Range kDeviceRuleNumber{-1, UINT32_MAX};

void describe(auto& v, DeviceRule& rule) {
  v.required("allow", rule.allow);
  v.optional("type", rule.type, OrEmpty{kDeviceRuleTypes});
  v.optional("major", rule.major, kDeviceRuleNumber);
  v.optional("minor", rule.minor, kDeviceRuleNumber);
  v.optional("access", rule.access, kDeviceAccess);
}

void describe(auto& v, Memory& memory) {
  v.optional("limit", memory.limit);
  v.optional("reservation", memory.reservation);
  v.optional("swap", memory.swap);
  v.optional("kernel", memory.kernel);
  v.optional("kernelTCP", memory.kernel_tcp);
  v.optional("swappiness", memory.swappiness, Range{0, 100});
  v.optional("disableOOMKiller", memory.disable_oom_killer);
  v.optional("useHierarchy", memory.use_hierarchy);
  v.optional("checkBeforeUpdate", memory.check_before_update);
}

/// RS-CPU-2
inline bool is_within_quota(const Cpu& cpu) {
  return !cpu.burst || cpu.quota.value_or(0) <= 0 || std::cmp_less_equal(*cpu.burst, *cpu.quota);
}

void describe(auto& v, Cpu& cpu) {
  v.optional("shares", cpu.shares);
  v.optional("quota", cpu.quota);
  v.optional("burst", cpu.burst);
  v.check("burst", "quota", is_within_quota(cpu), "at most 'quota'");
  v.optional("period", cpu.period);
  v.optional("realtimeRuntime", cpu.realtime_runtime);
  v.optional("realtimePeriod", cpu.realtime_period);
  v.optional("cpus", cpu.cpus);
  v.optional("mems", cpu.mems);
  v.optional("idle", cpu.idle, Range{0, 1});
}

void describe(auto& v, Pids& pids) { v.optional("limit", pids.limit); }

inline constexpr Clause kEitherWeight{
    R"("anyOf": [{"required": ["weight"]}, {"required": ["leafWeight"]}])"};

void describe(auto& v, WeightDevice& device) {
  v.required("major", device.major, kDeviceNumber);
  v.required("minor", device.minor, kDeviceNumber);
  v.optional("weight", device.weight);
  v.optional("leafWeight", device.leaf_weight);
  v.check("", device.weight || device.leaf_weight, "an object with 'weight' or 'leafWeight'",
          kEitherWeight);
}

void describe(auto& v, ThrottleDevice& device) {
  v.required("major", device.major, kDeviceNumber);
  v.required("minor", device.minor, kDeviceNumber);
  v.required("rate", device.rate);
}

void describe(auto& v, BlockIo& io) {
  v.optional("weight", io.weight);
  v.optional("leafWeight", io.leaf_weight);
  v.optional("weightDevice", io.weight_device);
  v.optional("throttleReadBpsDevice", io.throttle_read_bps_device);
  v.optional("throttleWriteBpsDevice", io.throttle_write_bps_device);
  v.optional("throttleReadIOPSDevice", io.throttle_read_iops_device);
  v.optional("throttleWriteIOPSDevice", io.throttle_write_iops_device);
}

void describe(auto& v, HugepageLimit& hugepages) {
  v.required("pageSize", hugepages.page_size, kPageSize);
  v.required("limit", hugepages.limit);
}

void describe(auto& v, InterfacePriority& interface) {
  v.required("name", interface.name, kInterfaceName);
  v.required("priority", interface.priority);
}

void describe(auto& v, Network& network) {
  v.optional("classID", network.class_id);
  v.optional("priorities", network.priorities);
}

inline constexpr Clause kEitherRdma{
    R"("anyOf": [{"required": ["hcaHandles"]}, {"required": ["hcaObjects"]}])"};

void describe(auto& v, Rdma& rdma) {
  v.optional("hcaHandles", rdma.hca_handles);
  v.optional("hcaObjects", rdma.hca_objects);
  v.check("", rdma.hca_handles || rdma.hca_objects, "an object with 'hcaHandles' or 'hcaObjects'",
          kEitherRdma);
}

/// The limit bounds the time of compiling, which compares each rule with those before it.
inline constexpr std::size_t kMostDeviceRules = 10'000;
inline constexpr Clause kFewDeviceRules{R"("properties": {"devices": {"maxItems": 10000}})"};

void describe(auto& v, Resources& resources) {
  v.optional("devices", resources.devices);
  v.check("devices", resources.devices.size() <= kMostDeviceRules, "at most 10000 rules",
          kFewDeviceRules);
  v.optional("memory", resources.memory);
  v.optional("cpu", resources.cpu);
  v.optional("pids", resources.pids);
  v.optional("blockIO", resources.block_io);
  v.optional("hugepageLimits", resources.hugepage_limits);
  v.optional("network", resources.network);
  v.optional("rdma", resources.rdma, kOneWord);
  v.optional("unified", resources.unified, kFileName);
}

// ---- intelRdt, memoryPolicy -----------------------------------------------------------------

void describe(auto& v, IntelRdt& rdt) {
  v.optional("closID", rdt.clos_id, OrEmpty{kClassOfService});
  v.optional("schemata", rdt.schemata, kOneLine);
  v.optional("l3CacheSchema", rdt.l3_cache_schema, kOneLine);
  v.optional("memBwSchema", rdt.mem_bw_schema, OrEmpty{kBandwidthSchema});
  v.optional("enableMonitoring", rdt.enable_monitoring);
}

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

// ---- seccomp --------------------------------------------------------------------------------

inline constexpr Words kSeccompActionsWithErrno{"SCMP_ACT_ERRNO SCMP_ACT_TRACE"};
inline constexpr Words kSeccompArchitectures{
    "SCMP_ARCH_X86 SCMP_ARCH_X86_64 SCMP_ARCH_X32 SCMP_ARCH_ARM SCMP_ARCH_AARCH64 SCMP_ARCH_MIPS "
    "SCMP_ARCH_MIPS64 SCMP_ARCH_MIPS64N32 SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64 "
    "SCMP_ARCH_MIPSEL64N32 SCMP_ARCH_PPC SCMP_ARCH_PPC64 SCMP_ARCH_PPC64LE SCMP_ARCH_S390 "
    "SCMP_ARCH_S390X SCMP_ARCH_PARISC SCMP_ARCH_PARISC64 SCMP_ARCH_RISCV64 SCMP_ARCH_LOONGARCH64 "
    "SCMP_ARCH_M68K SCMP_ARCH_SH SCMP_ARCH_SHEB"};
inline constexpr Clause kErrnoNeedsAction{
    R"("if": {"required": ["errnoRet"]}, )"
    R"("then": {"properties": {"action": {"enum": ["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"]}}})"};
inline constexpr Clause kErrnoNeedsDefaultAction{
    R"("if": {"required": ["defaultErrnoRet"]}, "then": {"properties": )"
    R"({"defaultAction": {"enum": ["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"]}}})"};
inline constexpr Clause kMetadataNeedsListener{
    R"("if": {"required": ["listenerMetadata"], )"
    R"("properties": {"listenerMetadata": {"minLength": 1}}}, )"
    R"("then": {"required": ["listenerPath"], "properties": {"listenerPath": {"minLength": 1}}})"};
inline constexpr Clause kSomeNames{R"("properties": {"names": {"minItems": 1}})"};
/// SECCOMP_RET_DATA is 16 bits wide.
inline constexpr Range kSeccompData{0, UINT16_MAX};

void describe(auto& v, SeccompArg& arg) {
  v.required("index", arg.index, Range{0, 5});
  v.required("value", arg.value);
  v.optional("valueTwo", arg.value_two);
  v.required("op", arg.op, kSeccompOperators);
}

void describe(auto& v, SeccompRule& rule) {
  v.required("names", rule.names, kNotEmpty);
  v.check("names", !rule.names.empty(), "at least one name", kSomeNames);
  v.required("action", rule.action, kSeccompActions);
  v.optional("errnoRet", rule.errno_ret, kSeccompData);
  v.check("errnoRet", "action", !rule.errno_ret || kSeccompActionsWithErrno.holds(rule.action),
          "only with 'action' SCMP_ACT_ERRNO, SCMP_ACT_TRACE", kErrnoNeedsAction);
  v.optional("args", rule.args);
}

void describe(auto& v, Seccomp& seccomp) {
  v.required("defaultAction", seccomp.default_action, kSeccompActions);
  v.optional("defaultErrnoRet", seccomp.default_errno_ret, kSeccompData);
  v.check("defaultErrnoRet", "defaultAction",
          !seccomp.default_errno_ret || kSeccompActionsWithErrno.holds(seccomp.default_action),
          "only with 'defaultAction' SCMP_ACT_ERRNO, SCMP_ACT_TRACE", kErrnoNeedsDefaultAction);
  v.optional("architectures", seccomp.architectures, kSeccompArchitectures);
  v.optional("flags", seccomp.flags, kSeccompFlags);
  v.optional("listenerPath", seccomp.listener_path);
  v.optional("listenerMetadata", seccomp.listener_metadata);
  v.check("listenerMetadata", "listenerPath",
          seccomp.listener_metadata.empty() || !seccomp.listener_path.empty(),
          "only together with 'listenerPath'", kMetadataNeedsListener);
  v.optional("syscalls", seccomp.syscalls);
}

// ---- the section ----------------------------------------------------------------------------

inline constexpr Clause kNoFlags{R"("properties": {"flags": {"maxItems": 0}})"};

void describe(auto& v, Personality& personality) {
  v.required("domain", personality.domain, kPersonalityDomains);
  v.optional("flags", personality.flags);
  v.check("flags", personality.flags.empty(), "no flags: none are defined", kNoFlags);
}

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
