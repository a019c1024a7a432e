#include "spec/config/forms.h"
#include "tests/unit/spec_fragments.h"

namespace berth::spec {
namespace {

// ---- config-linux.md ------------------------------------------------------------------------

TEST_CASE("NS-* UM-1 TO-1 DV-* ND-*: namespaces and devices") {
  check_mistakes({
      {"NS-1", kLinux, R"("namespaces": [{"type": ^"net"}])", "/linux/namespaces/0/type",
       "pid, network, mount"},
      {"NS-2", kLinux, R"("namespaces": [{"type": "pid", "path": ^"ns"}])",
       "/linux/namespaces/0/path", "absolute"},
      {"NS-5", kLinux, R"("namespaces": [{"type": "pid"}, {"type": "uts"}, {"type": ^"pid"}])",
       "/linux/namespaces/2/type", "only once"},
      {"UM-1", kLinux, R"("uidMappings": [^{"containerID": 0, "size": 1}])",
       "/linux/uidMappings/0/hostID", "missing"},
      {"UM-1", kLinux, R"("gidMappings": [{"containerID": 0, "hostID": 0, "size": ^0}])",
       "/linux/gidMappings/0/size", "from 1 to"},
      {"TO-1", kLinux, R"("timeOffsets": {"realtime": ^{"secs": 1}})",
       "/linux/timeOffsets/realtime", "monotonic, boottime"},
      {"TO-1", kLinux, R"("timeOffsets": {"boottime": {"nanosecs": ^1000000000}})",
       "/linux/timeOffsets/boottime/nanosecs", "999999999"},
      {"DV-2", kLinux, R"("devices": [{"type": ^"x", "path": "/dev/x"}])", "/linux/devices/0/type",
       "c, b, u, p"},
      {"DV-2", kLinux, R"("devices": [{"type": "p", "path": ^"x"}])", "/linux/devices/0/path",
       "absolute"},
      {"DV-2", kLinux, R"("devices": [^{"type": "c", "path": "/x", "minor": 1}])",
       "/linux/devices/0/major", "missing"},
      {"DV-2", kLinux, R"("devices": [{"type": "b", "path": "/x", "major": 1, "minor": ^-1}])",
       "/linux/devices/0/minor", "0 to 4294967295"},
      {"DV-5", kLinux, R"("devices": [{"type": "p", "path": "/x", "fileMode": ^"0644"}])",
       "/linux/devices/0/fileMode", "integer"},
      {"ND-1", kLinux, R"("netDevices": {"a/b": ^{}})", "/linux/netDevices/a~1b", "15 bytes"},
      {"ND-2", kLinux, R"("netDevices": {"eth0": {"name": ^"sixteen-bytes-xx"}})",
       "/linux/netDevices/eth0/name", "15 bytes"},
      {"SY-1", kLinux, R"("sysctl": {"net.ipv4.ip_forward": ^1})",
       "/linux/sysctl/net.ipv4.ip_forward", "a string"},
      {"RP-1", kLinux, R"("rootfsPropagation": ^"public")", "/linux/rootfsPropagation", "rslave"},
      {"RP-1", kLinux, R"("rootfsPropagation": ^"Shared")", "/linux/rootfsPropagation", "shared"},
      {"RP-1", kLinux, R"("rootfsPropagation": ^"ro")", "/linux/rootfsPropagation", "rslave"},
      {"MK-1", kLinux, R"("maskedPaths": ["/a", ^"b"])", "/linux/maskedPaths/1", "absolute"},
      {"RO-1", kLinux, R"("readonlyPaths": [^""])", "/linux/readonlyPaths/0", "absolute"},
      {"ML-1", kLinux, R"("mountLabel": ^{})", "/linux/mountLabel", "found {}"},
      {"PE-1", kLinux, R"("personality": {"domain": ^"BSD"})", "/linux/personality/domain",
       "LINUX32"},
      {"PE-1", kLinux, R"("personality": {"domain": "LINUX", "flags": ^["ADDR_NO_RANDOMIZE"]})",
       "/linux/personality/flags", "no flags"},
      {"MP-1", kLinux, R"("memoryPolicy": ^{"nodes": "0"})", "/linux/memoryPolicy/mode",
       "MPOL_BIND"},
      {"MP-1", kLinux, R"("memoryPolicy": ^{"mode": "MPOL_BIND"})", "/linux/memoryPolicy/nodes",
       "missing"},
      {"MP-1", kLinux, R"("memoryPolicy": {"mode": "MPOL_LOCAL", "nodes": ^"0"})",
       "/linux/memoryPolicy/nodes", "no nodes"},
      {"MP-1", kLinux, R"("memoryPolicy": {"mode": "MPOL_BIND", "nodes": ^"all"})",
       "/linux/memoryPolicy/nodes", "0-3,6"},
      {"MP-1", kLinux, R"("memoryPolicy": {"mode": "MPOL_DEFAULT", "flags": [^"MPOL_F_X"]})",
       "/linux/memoryPolicy/flags/0", "MPOL_F_STATIC_NODES"},
      {"RDT-2", kLinux, R"("intelRdt": {"closID": ^"a/b"})", "/linux/intelRdt/closID", "directory"},
      {"RDT-3", kLinux, R"("intelRdt": {"l3CacheSchema": ^"L3:0=f\n"})",
       "/linux/intelRdt/l3CacheSchema", "line breaks"},
      {"RDT-3", kLinux, R"("intelRdt": {"memBwSchema": ^"L3:0=f"})", "/linux/intelRdt/memBwSchema",
       "MB:"},
      {"RDT-3", kLinux, R"("intelRdt": {"schemata": ["L3:0=f", ^"a\nb"]})",
       "/linux/intelRdt/schemata/1", "line breaks"},
      {"RDT-7", kLinux, R"("intelRdt": {"enableMonitoring": ^1})",
       "/linux/intelRdt/enableMonitoring", "true or false"},
  });
}

TEST_CASE("RS-*: resources") {
  check_mistakes({
      {"RS-DEV-1", kResources, R"("devices": [^{"access": "rwm"}])",
       "/linux/resources/devices/0/allow", "missing"},
      {"RS-DEV-1", kResources, R"("devices": [{"allow": true, "type": ^"p"}])",
       "/linux/resources/devices/0/type", "a, b, c"},
      {"RS-DEV-1", kResources, R"("devices": [{"allow": true, "access": ^"rx"}])",
       "/linux/resources/devices/0/access", "r, w and m"},
      {"RS-DEV-1", kResources, R"("devices": [{"allow": true, "major": ^-2}])",
       "/linux/resources/devices/0/major", "-1"},
      {"RS-MEM-1", kResources, R"("memory": {"limit": ^"134217728"})",
       "/linux/resources/memory/limit", "an integer of 64 bits"},
      {"RS-MEM-1", kResources, R"("memory": {"limit": ^9223372036854775808})",
       "/linux/resources/memory/limit", "found 9223372036854775808"},
      {"RS-MEM-1", kResources, R"("memory": ^[1])", "/linux/resources/memory", "an object"},
      {"RS-MEM-2", kResources, R"("memory": {"swappiness": ^101})",
       "/linux/resources/memory/swappiness", "0 to 100"},
      {"RS-MEM-3", kResources, R"("memory": {"checkBeforeUpdate": ^0})",
       "/linux/resources/memory/checkBeforeUpdate", "true or false"},
      {"RS-CPU-1", kResources, R"("cpu": {"shares": ^1e3})", "/linux/resources/cpu/shares",
       "found 1e3"},
      {"RS-CPU-1", kResources, R"("cpu": {"idle": ^2})", "/linux/resources/cpu/idle", "0 to 1"},
      {"RS-CPU-2", kResources, R"("cpu": {"quota": 10, "burst": ^11})",
       "/linux/resources/cpu/burst", "at most 'quota'"},
      {"RS-PID-1", kResources, R"("pids": {"limit": ^"33"})", "/linux/resources/pids/limit",
       "found \"33\""},
      {"RS-BIO-1", kResources, R"("blockIO": {"weight": ^65536})",
       "/linux/resources/blockIO/weight", "0 to 65535"},
      {"RS-BIO-1", kResources, R"("blockIO": {"weightDevice": [^{"major": 8, "minor": 0}]})",
       "/linux/resources/blockIO/weightDevice/0", "leafWeight"},
      {"RS-BIO-1", kResources, R"("blockIO": {"throttleReadIOPSDevice": [^{"major":8,"minor":0}]})",
       "/linux/resources/blockIO/throttleReadIOPSDevice/0/rate", "missing"},
      {"RS-BIO-1", kResources, R"("blockIO": {"throttleWriteBpsDevice": [^{"minor":0,"rate":1}]})",
       "/linux/resources/blockIO/throttleWriteBpsDevice/0/major", "missing"},
      {"RS-HUG-1", kResources, R"("hugepageLimits": [{"pageSize": ^"2M", "limit": 1}])",
       "/linux/resources/hugepageLimits/0/pageSize", "2MB"},
      {"RS-HUG-1", kResources, R"("hugepageLimits": [^{"pageSize": "1GB"}])",
       "/linux/resources/hugepageLimits/0/limit", "missing"},
      {"RS-NET-1", kResources, R"("network": {"priorities": [{"name": ^"", "priority": 1}]})",
       "/linux/resources/network/priorities/0/name", "interface"},
      {"RS-NET-1", kResources, R"("network": {"classID": ^4294967296})",
       "/linux/resources/network/classID", "4294967295"},
      {"RS-RDMA-1", kResources, R"("rdma": {"mlx5_1": ^{}})", "/linux/resources/rdma/mlx5_1",
       "hcaHandles"},
      {"RS-RDMA-1", kResources, R"("rdma": {"a b": ^{"hcaHandles": 1}})",
       "/linux/resources/rdma/a b", "without blanks"},
      {"RS-UNI-1", kResources, R"("unified": {"../cpu.max": ^"1"})",
       "/linux/resources/unified/..~1cpu.max", "file name"},
      {"RS-UNI-2", kResources, R"("unified": {"new.file": ^3})",
       "/linux/resources/unified/new.file", "a string"},
  });
}

TEST_CASE("SC-*: seccomp") {
  check_mistakes({
      {"SC-1", kLinux, R"("seccomp": ^{})", "/linux/seccomp/defaultAction", "SCMP_ACT_ALLOW"},
      {"SC-3", kLinux, R"("seccomp": {"defaultAction": ^"ALLOW"})", "/linux/seccomp/defaultAction",
       "SCMP_ACT_ALLOW"},
      {"SC-2", kSeccomp, R"("defaultErrnoRet": ^1)", "/linux/seccomp/defaultErrnoRet",
       "SCMP_ACT_ERRNO, SCMP_ACT_TRACE"},
      {"SC-2", kSeccomp,
       R"("syscalls": [{"names": ["a"], "action": "SCMP_ACT_KILL", "errnoRet": ^1}])",
       "/linux/seccomp/syscalls/0/errnoRet", "SCMP_ACT_TRACE"},
      {"SC-2 not on an unknown action", kSeccomp,
       R"("syscalls": [{"names": ["a"], "action": ^"SCMP_ACT", "errnoRet": 1}])",
       "/linux/seccomp/syscalls/0/action", "SCMP_ACT_TRACE"},
      {"SC-3", kSeccomp, R"("architectures": ["SCMP_ARCH_X86", ^"x32"])",
       "/linux/seccomp/architectures/1", "SCMP_ARCH_LOONGARCH64"},
      {"SC-3", kSeccomp, R"("flags": [^""])", "/linux/seccomp/flags/0",
       "SECCOMP_FILTER_FLAG_TSYNC"},
      {"SC-3", kSeccomp,
       R"("syscalls": [{"names": ["a"], "action": "SCMP_ACT_LOG",)"
       R"("args": [{"index": ^6, "value": 0, "op": "SCMP_CMP_EQ"}]}])",
       "/linux/seccomp/syscalls/0/args/0/index", "0 to 5"},
      {"SC-3", kSeccomp,
       R"("syscalls": [{"names": ["a"], "action": "SCMP_ACT_LOG",)"
       R"("args": [^{"index": 0, "op": "SCMP_CMP_EQ"}]}])",
       "/linux/seccomp/syscalls/0/args/0/value", "missing"},
      {"SC-3", kSeccomp,
       R"("syscalls": [{"names": ["a"], "action": "SCMP_ACT_LOG",)"
       R"("args": [{"index": 0, "value": 18446744073709551615, "op": ^"=="}]}])",
       "/linux/seccomp/syscalls/0/args/0/op", "SCMP_CMP_MASKED_EQ"},
      {"SC-4", kSeccomp, R"("syscalls": [{"names": ^[], "action": "SCMP_ACT_LOG"}])",
       "/linux/seccomp/syscalls/0/names", "at least one"},
      {"SC-4", kSeccomp, R"("syscalls": [^{"names": ["a"]}])", "/linux/seccomp/syscalls/0/action",
       "missing"},
      {"SC-4", kSeccomp, R"("syscalls": [{"names": ["a", ^""], "action": "SCMP_ACT_LOG"}])",
       "/linux/seccomp/syscalls/0/names/1", "not empty"},
      {"SC-6", kSeccomp, R"("listenerMetadata": ^"x")", "/linux/seccomp/listenerMetadata",
       "listenerPath"},
  });
}

// ---- rules ----------------------------------------------------------------------------------

struct FormCase {
  const Form& form;
  Strings good, bad;
};

TEST_CASE("RS-HUG-1 RS-UNI-2 RDT-2 ND-2: forms") {
  const FormCase cases[] = {
      {kAbsolutePath, {"/", "/a"}, {"", "a", " /a"}},
      {kVariable, {"A=", "A==", "a b=c"}, {"", "=", "=a", "A"}},
      {kHostName, {"", std::string(64, 'h')}, {std::string(65, 'h')}},
      {kDeviceAccess, {"r", "mwr"}, {"", "rwx", "R"}},
      {kPageSize,
       {"1GB", "2MB", "1024KB"},
       {"", "B", "KB", "0KB", "02MB", "2mB", "2B", "1TB", "1.5GB"}},
      {kInterfaceName,
       {"eth0", "x%d", "fifteen-bytes-x"},
       {"", ".", "..", "a/b", "a:0", "a b", "sixteen-bytes-xx"}},
      {kNumberList, {"", "0-3,6", "0, 1"}, {"a", "0;1"}},
      {kFileName, {"cpu.max", "...", "a b"}, {"", ".", "..", "a/b", "/", "a\n"}},
      {kClassOfService, {"/", "gold"}, {"", "..", "a/b", "/a"}},
      {kOneWord, {"mlx5_1"}, {"", "a b", "a\n", "\ta"}},
      {kOneLine, {"", "a b"}, {"a\nb", "\n"}},
      {kBandwidthSchema, {"MB:", "MB:0=20"}, {"", "L3:0", "MB:0\n"}},
  };
  for (const FormCase& one : cases) {
    INFO(one.form.words);
    for (const std::string& text : one.good) CHECK(one.form.holds(text));
    for (const std::string& text : one.bad) CHECK_FALSE(one.form.holds(text));
  }
}

TEST_CASE("VV-1: an enumerated value is one whole word, not a list of words") {
  constexpr Words kWords{"pid network ipc"};
  for (const char* good : {"pid", "network", "ipc"}) CHECK(kWords.holds(good));
  for (const char* bad : {"", "pi", "net", "work", "pid network", " ", "ipc "}) {
    CHECK_FALSE(kWords.holds(bad));
  }
  CHECK(kWords.allowed() == "pid, network, ipc");
}

}  // namespace
}  // namespace berth::spec
