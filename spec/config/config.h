// The structs of config.json, named and ordered as in the OCI runtime specification 1.3.0
// (config.md, config-linux.md). An absent property is an empty optional or container. The structs
// make no decisions, and sections for other platforms are dropped.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace berth::spec {

using StringMap = std::map<std::string, std::string>;
using Strings = std::vector<std::string>;

// ---- config.md: root, mounts ----------------------------------------------------------------

struct Root {
  std::string path;
  bool readonly = false;
};

struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 0;
};

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  Strings options;
  std::vector<IdMapping> uid_mappings = {};
  std::vector<IdMapping> gid_mappings = {};
};

// ---- config.md: process ---------------------------------------------------------------------

struct ConsoleSize {
  std::uint32_t height = 0;  ///< rows, in characters
  std::uint32_t width = 0;   ///< columns, in characters
};

struct Rlimit {
  std::string type;  ///< RLIMIT_NOFILE, …
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

/// The five sets; an absent set is empty.
struct Capabilities {
  Strings bounding;
  Strings effective;
  Strings inheritable;
  Strings permitted;
  Strings ambient;
};

struct Scheduler {
  std::string policy;
  std::optional<std::int32_t> nice;
  std::optional<std::int32_t> priority;
  Strings flags;
  std::optional<std::uint64_t> runtime;   ///< nanoseconds
  std::optional<std::uint64_t> deadline;  ///< nanoseconds
  std::optional<std::uint64_t> period;    ///< nanoseconds
};

struct IoPriority {
  std::string class_name;  ///< `class` in JSON
  std::int32_t priority = 0;
};

struct CpuAffinity {
  std::optional<std::string> initial;
  std::optional<std::string> final_set;  ///< `final` in JSON
};

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> umask;
  std::vector<std::uint32_t> additional_gids;
};

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  std::string cwd;
  Strings env;
  Strings args;
  std::vector<Rlimit> rlimits;
  std::optional<std::string> apparmor_profile;
  std::optional<Capabilities> capabilities;
  bool no_new_privileges = false;
  std::optional<std::int32_t> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::optional<std::string> selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<CpuAffinity> exec_cpu_affinity;
  User user;
};

// ---- config.md: hooks -----------------------------------------------------------------------

struct Hook {
  std::string path;
  Strings args;                         ///< empty: argv is the path alone
  std::optional<Strings> env;           ///< absent and empty differ: see hooks/hooks.h
  std::optional<std::int64_t> timeout;  ///< seconds, > 0
};

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;
};

// ---- config-linux.md: namespaces, mappings, devices -----------------------------------------

struct Namespace {
  std::string type;  ///< pid network mount ipc uts user cgroup time
  std::string path;  ///< empty: a new namespace
};

struct TimeOffset {
  std::int64_t secs = 0;
  std::uint32_t nanosecs = 0;
};

struct Device {
  std::string type;  ///< c b u p
  std::string path;
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;
  std::optional<std::uint32_t> file_mode;
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
};

struct NetDevice {
  std::string name;  ///< empty: the host's name
};

// ---- config-linux.md: resources -------------------------------------------------------------

struct DeviceRule {
  bool allow = false;
  std::string type;  ///< a, b or c; empty means a
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;
  std::string access;  ///< the letters r, w, m
};

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

struct Pids {
  std::optional<std::int64_t> limit;  ///< -1 means no limit; 0 is a limit
};

struct WeightDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint16_t> weight;
  std::optional<std::uint16_t> leaf_weight;
};

struct ThrottleDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::uint64_t rate = 0;
};

struct BlockIo {
  std::optional<std::uint16_t> weight;
  std::optional<std::uint16_t> leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device;
  std::vector<ThrottleDevice> throttle_write_bps_device;
  std::vector<ThrottleDevice> throttle_read_iops_device;
  std::vector<ThrottleDevice> throttle_write_iops_device;
};

struct HugepageLimit {
  std::string page_size;
  std::uint64_t limit = 0;
};

struct InterfacePriority {
  std::string name;
  std::uint32_t priority = 0;
};

struct Network {
  std::optional<std::uint32_t> class_id;
  std::vector<InterfacePriority> priorities;
};

struct Rdma {
  std::optional<std::uint32_t> hca_handles;
  std::optional<std::uint32_t> hca_objects;
};

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

// ---- config-linux.md: the rest --------------------------------------------------------------

struct IntelRdt {
  std::optional<std::string> clos_id;
  Strings schemata;
  std::optional<std::string> l3_cache_schema;
  std::optional<std::string> mem_bw_schema;
  bool enable_monitoring = false;
};

struct MemoryPolicy {
  std::string mode;
  std::string nodes;
  Strings flags;
};

struct SeccompArg {
  std::uint32_t index = 0;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  std::string op;
};

struct SeccompRule {
  Strings names;
  std::string action;
  std::optional<std::uint32_t> errno_ret;
  std::vector<SeccompArg> args;
};

struct Seccomp {
  std::string default_action;
  std::optional<std::uint32_t> default_errno_ret;
  Strings architectures;
  std::optional<Strings> flags;
  std::string listener_path;
  std::string listener_metadata;
  std::vector<SeccompRule> syscalls;
};

struct Personality {
  std::string domain;
  Strings flags;
};

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

// ---- config.md: the document ----------------------------------------------------------------

struct Config {
  std::string oci_version;
  std::optional<Root> root;
  std::vector<Mount> mounts;
  std::optional<Process> process;
  std::string hostname;
  std::string domainname;
  Hooks hooks;
  StringMap annotations;
  Linux linux;
};

}  // namespace berth::spec
