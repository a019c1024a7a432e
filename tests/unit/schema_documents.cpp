#include "tests/unit/schema_documents.h"

namespace berth::spec {

namespace {

const char kWholeProcess[] = R"({
  "ociVersion": "1.0.2-rc.1+build.7",
  "root": {"path": "rootfs", "readonly": true},
  "hostname": "box", "domainname": "example.org",
  "annotations": {"com.example.key": "value", "org.opencontainers.image.os": "linux"},
  "process": {
    "terminal": true, "consoleSize": {"height": 24, "width": 80},
    "user": {"uid": 1000, "gid": 4294967294, "umask": 18, "additionalGids": [5, 6]},
    "args": ["sh", "", "-c"], "env": ["PATH=/bin", "A=", "B==x"], "cwd": "/tmp",
    "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "inheritable": [],
                     "permitted": ["CAP_KILL", "CAP_OTHER"], "ambient": []},
    "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 10, "hard": 20},
                {"type": "RLIMIT_CORE", "soft": 0, "hard": 18446744073709551615}],
    "noNewPrivileges": true, "apparmorProfile": "docker-default", "selinuxLabel": "a:b:c:s0",
    "oomScoreAdj": -1000,
    "scheduler": {"policy": "SCHED_DEADLINE", "nice": -20, "priority": 99, "runtime": 1,
                  "flags": ["SCHED_FLAG_RESET_ON_FORK"], "deadline": 2, "period": 3},
    "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 7},
    "execCPUAffinity": {"initial": "0-3,7", "final": "1"}
  }
})";

const char kMounts[] = R"({
  "ociVersion": "1.3.0",
  "root": {"path": "/srv/root"},
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "data", "type": "none", "source": "/srv/data", "options": ["rbind", "ro", ""]},
    {"destination": "/mapped", "options": ["bind", "idmap"], "source": "here",
     "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}],
     "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 4294966295}]},
    {"destination": "/plain", "uidMappings": [], "gidMappings": []}
  ],
  "hooks": {
    "prestart": [{"path": "/a", "args": ["a", "b"], "env": ["K=V"], "timeout": 1}],
    "createRuntime": [{"path": "/b", "timeout": 9223372036854775807}],
    "createContainer": [{"path": "/c"}], "startContainer": [{"path": "/d", "args": []}],
    "poststart": [], "poststop": [{"path": "/e"}, {"path": "/f", "env": []}]
  },
  "windows": {"anything": [null, {"at": "all"}]}
})";

const char kNamespaces[] = R"({
  "ociVersion": "1.3.0",
  "root": {"path": "r"},
  "linux": {
    "namespaces": [{"type": "pid"}, {"type": "network", "path": "/run/netns/a"}, {"type": "mount"},
                   {"type": "ipc"}, {"type": "uts"}, {"type": "user"}, {"type": "cgroup"},
                   {"type": "time"}],
    "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
    "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
    "timeOffsets": {"monotonic": {"secs": -9223372036854775808, "nanosecs": 999999999},
                    "boottime": {"secs": 7}},
    "devices": [{"type": "c", "path": "/dev/fuse", "major": 10, "minor": 229, "fileMode": 438,
                 "uid": 0, "gid": 0},
                {"type": "p", "path": "/dev/pipe"}],
    "netDevices": {"eth0": {"name": "container_eth0"}, "eth1": {}},
    "sysctl": {"net.ipv4.ip_forward": "1"}, "cgroupsPath": "/box",
    "rootfsPropagation": "rslave", "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"],
    "mountLabel": "a:b:c:s0",
    "intelRdt": {"closID": "gold", "schemata": ["L3:0=f", "MB:0=50"], "l3CacheSchema": "L3:0=f",
                 "memBwSchema": "MB:0=50", "enableMonitoring": true},
    "memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0-1", "flags": ["MPOL_F_STATIC_NODES"]},
    "personality": {"domain": "LINUX32", "flags": []}
  }
})";

const char kWholeResources[] = R"({
  "ociVersion": "1.3.0",
  "root": {"path": "r"},
  "linux": {"resources": {
    "devices": [{"allow": false, "access": "rwm"},
                {"allow": true, "type": "c", "major": 1, "minor": -1, "access": "r"}],
    "memory": {"limit": 9223372036854775807, "reservation": 1, "swap": -1, "kernel": 0,
               "kernelTCP": 0, "swappiness": 100, "disableOOMKiller": false,
               "useHierarchy": true, "checkBeforeUpdate": true},
    "cpu": {"shares": 1024, "quota": 5000, "burst": 5000, "period": 10000, "realtimeRuntime": 1,
            "realtimePeriod": 2, "cpus": "0-1", "mems": "0", "idle": 1},
    "pids": {"limit": -1},
    "blockIO": {"weight": 10, "leafWeight": 65535,
                "weightDevice": [{"major": 8, "minor": 0, "weight": 5},
                                 {"major": 8, "minor": 1, "leafWeight": 5}],
                "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 1}],
                "throttleWriteBpsDevice": [{"major": 8, "minor": 0, "rate": 1}],
                "throttleReadIOPSDevice": [{"major": 8, "minor": 0, "rate": 1}],
                "throttleWriteIOPSDevice": [{"major": 8, "minor": 0, "rate": 0}]},
    "hugepageLimits": [{"pageSize": "2MB", "limit": 18446744073709551615}],
    "network": {"classID": 1048577, "priorities": [{"name": "eth0", "priority": 500}]},
    "rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 4}, "mlx4_0": {"hcaObjects": 1}},
    "unified": {"memory.high": "1"}
  }}
})";

const char kWholeSeccomp[] = R"({
  "ociVersion": "1.3.0",
  "root": {"path": "r"},
  "linux": {"seccomp": {
    "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
    "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_LOONGARCH64"],
    "flags": ["SECCOMP_FILTER_FLAG_LOG"],
    "listenerPath": "/run/agent", "listenerMetadata": "for the agent",
    "syscalls": [
      {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
      {"names": ["clone"], "action": "SCMP_ACT_TRACE", "errnoRet": 65535,
       "args": [{"index": 5, "value": 18446744073709551615, "valueTwo": 0,
                 "op": "SCMP_CMP_MASKED_EQ"}]}
    ]
  }}
})";

const char kSmallest[] = R"({"ociVersion": "1.0.0", "root": {"path": "/"}})";

/// Forms of the same rules that the others have not.
const char kVariants[] = R"({
  "ociVersion": "1.2.3-0.x-y.10",
  "root": {"path": "r"},
  "hostname": "éééééééé", "domainname": "",
  "process": {"args": ["x"], "cwd": "/"},
  "linux": {
    "devices": [{"type": "u", "path": "/x", "major": 0, "minor": 4294967295}],
    "netDevices": {"éé": {"name": "ééééé"}},
    "intelRdt": {"closID": "/"},
    "memoryPolicy": {"mode": "MPOL_LOCAL", "nodes": ""},
    "seccomp": {"defaultAction": "SCMP_ACT_KILL", "listenerMetadata": ""},
    "resources": {"cpu": {"quota": -1, "burst": 7}, "hugepageLimits": [{"pageSize": "64KB", "limit": 0}]}
  }
})";

}  // namespace

std::vector<std::string> valid_documents() {
  return {kWholeProcess, kMounts,   kNamespaces, kWholeResources,
          kWholeSeccomp, kSmallest, kVariants};
}

}  // namespace berth::spec
