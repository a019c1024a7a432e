// The limits of a container's cgroups: config-linux.md. See config.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spec/config/forms.h"
#include "spec/config/strings.h"
#include "spec/json/rules.h"

namespace berth::spec {

struct DeviceRule {
  bool allow = false;
  std::string type;  ///< a, b or c; empty means a
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;
  std::string access;  ///< the letters r, w, m
};

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

struct Memory {
  std::optional<std::int64_t> limit;        ///< bytes; -1 means no limit
  std::optional<std::int64_t> reservation;  ///< bytes
  std::optional<std::int64_t> swap;         ///< bytes of memory and swap together
  std::optional<std::int64_t> kernel;
  std::optional<std::int64_t> kernel_tcp;
  std::optional<std::uint64_t> swappiness;
  std::optional<bool> disable_oom_killer;
  std::optional<bool> use_hierarchy;
  std::optional<bool> check_before_update;
};

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

struct Cpu {
  std::optional<std::uint64_t> shares;
  std::optional<std::int64_t> quota;  ///< microseconds per period; -1 means no limit
  std::optional<std::uint64_t> burst;
  std::optional<std::uint64_t> period;  ///< microseconds
  std::optional<std::int64_t> realtime_runtime;
  std::optional<std::uint64_t> realtime_period;
  std::optional<std::string> cpus;
  std::optional<std::string> mems;
  std::optional<std::int64_t> idle;
};

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

struct Pids {
  std::optional<std::int64_t> limit;  ///< -1 means no limit; 0 is a limit
};

void describe(auto& v, Pids& pids) { v.optional("limit", pids.limit); }

struct WeightDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint16_t> weight;
  std::optional<std::uint16_t> leaf_weight;
};

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

struct ThrottleDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::uint64_t rate = 0;
};

void describe(auto& v, ThrottleDevice& device) {
  v.required("major", device.major, kDeviceNumber);
  v.required("minor", device.minor, kDeviceNumber);
  v.required("rate", device.rate);
}

struct BlockIo {
  std::optional<std::uint16_t> weight;
  std::optional<std::uint16_t> leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device;
  std::vector<ThrottleDevice> throttle_write_bps_device;
  std::vector<ThrottleDevice> throttle_read_iops_device;
  std::vector<ThrottleDevice> throttle_write_iops_device;
};

void describe(auto& v, BlockIo& io) {
  v.optional("weight", io.weight);
  v.optional("leafWeight", io.leaf_weight);
  v.optional("weightDevice", io.weight_device);
  v.optional("throttleReadBpsDevice", io.throttle_read_bps_device);
  v.optional("throttleWriteBpsDevice", io.throttle_write_bps_device);
  v.optional("throttleReadIOPSDevice", io.throttle_read_iops_device);
  v.optional("throttleWriteIOPSDevice", io.throttle_write_iops_device);
}

struct HugepageLimit {
  std::string page_size;
  std::uint64_t limit = 0;
};

void describe(auto& v, HugepageLimit& hugepages) {
  v.required("pageSize", hugepages.page_size, kPageSize);
  v.required("limit", hugepages.limit);
}

struct InterfacePriority {
  std::string name;
  std::uint32_t priority = 0;
};

void describe(auto& v, InterfacePriority& interface) {
  v.required("name", interface.name, kInterfaceName);
  v.required("priority", interface.priority);
}

struct Network {
  std::optional<std::uint32_t> class_id;
  std::vector<InterfacePriority> priorities;
};

void describe(auto& v, Network& network) {
  v.optional("classID", network.class_id);
  v.optional("priorities", network.priorities);
}

struct Rdma {
  std::optional<std::uint32_t> hca_handles;
  std::optional<std::uint32_t> hca_objects;
};

inline constexpr Clause kEitherRdma{
    R"("anyOf": [{"required": ["hcaHandles"]}, {"required": ["hcaObjects"]}])"};

void describe(auto& v, Rdma& rdma) {
  v.optional("hcaHandles", rdma.hca_handles);
  v.optional("hcaObjects", rdma.hca_objects);
  v.check("", rdma.hca_handles || rdma.hca_objects, "an object with 'hcaHandles' or 'hcaObjects'",
          kEitherRdma);
}

struct Resources {
  std::vector<DeviceRule> devices;
  std::optional<Memory> memory;
  std::optional<Cpu> cpu;
  std::optional<Pids> pids;
  std::optional<BlockIo> block_io;
  std::vector<HugepageLimit> hugepage_limits;
  std::optional<Network> network;
  std::map<std::string, Rdma> rdma;
  StringMap unified;
};

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

}  // namespace berth::spec
