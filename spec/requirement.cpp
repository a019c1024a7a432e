#include "spec/requirement.h"

#include <iterator>

namespace berth::spec {

namespace {

struct Row {
  std::string_view pattern;  ///< a pointer; `*` is any one name or number
  std::string_view id;
};

// A more special pattern before the one that holds it.
constexpr Row kRows[] = {
    {"/ociVersion", "CF-VER-1"},
    {"/root/path", "CF-ROOT-2"},
    {"/root/readonly", "CF-ROOT-5"},
    {"/root", "CF-ROOT-1"},
    {"/hostname", "CF-HOST-1"},
    {"/domainname", "CF-DOM-1"},
    {"/annotations", "AN-1"},

    {"/mounts/*/destination", "MT-2"},
    {"/mounts/*/type", "MT-4"},
    {"/mounts/*/source", "MT-3"},
    {"/mounts/*/options", "MO-UNKNOWN-1"},
    {"/mounts/*/uidMappings/*", "UM-1"},
    {"/mounts/*/gidMappings/*", "UM-1"},
    {"/mounts/*/uidMappings", "MT-7"},
    {"/mounts/*/gidMappings", "MT-7"},
    {"/mounts", "MT-1"},

    {"/process/terminal", "PR-TTY-1"},
    {"/process/consoleSize", "PR-TTY-2"},
    {"/process/cwd", "PR-CWD-1"},
    {"/process/env", "PR-ENV-1"},
    {"/process/args", "PR-ARGS-1"},
    {"/process/rlimits/*/type", "PR-RL-1"},
    {"/process/rlimits", "PR-RL-2"},
    {"/process/apparmorProfile", "PR-AA-1"},
    {"/process/capabilities", "PR-CAP-1"},
    {"/process/noNewPrivileges", "PR-NNP-1"},
    {"/process/oomScoreAdj", "PR-OOM-1"},
    {"/process/scheduler/policy", "PR-SCH-1"},
    {"/process/scheduler", "PR-SCH-2"},
    {"/process/selinuxLabel", "PR-SE-1"},
    {"/process/ioPriority", "PR-IO-1"},
    {"/process/execCPUAffinity", "PR-AFF-1"},
    {"/process/user/umask", "US-2"},
    {"/process/user/additionalGids", "US-3"},
    {"/process/user", "US-1"},
    {"/process", "PR-REQ-1"},

    {"/hooks/*/*/path", "HK-PATH-1"},
    {"/hooks/*/*/args", "HK-ARGS-1"},
    {"/hooks/*/*/env", "HK-ENV-1"},
    {"/hooks/*/*/timeout", "HK-TMO-1"},
    {"/hooks/prestart", "HK-PRE-1"},
    {"/hooks/createRuntime", "HK-CR-1"},
    {"/hooks/createContainer", "HK-CC-1"},
    {"/hooks/startContainer", "HK-SC-1"},
    {"/hooks/poststart", "HK-PS-1"},
    {"/hooks/poststop", "HK-POST-1"},

    {"/linux/namespaces/*/type", "NS-1"},
    {"/linux/namespaces/*/path", "NS-2"},
    {"/linux/namespaces", "NS-4"},
    {"/linux/uidMappings", "UM-1"},
    {"/linux/gidMappings", "UM-1"},
    {"/linux/timeOffsets", "TO-1"},
    {"/linux/devices", "DV-2"},
    {"/linux/netDevices", "ND-1"},
    {"/linux/cgroupsPath", "CG-PATH-1"},
    {"/linux/resources/devices", "RS-DEV-1"},
    {"/linux/resources/memory/swappiness", "RS-MEM-2"},
    {"/linux/resources/memory/disableOOMKiller", "RS-MEM-2"},
    {"/linux/resources/memory/useHierarchy", "RS-MEM-2"},
    {"/linux/resources/memory/checkBeforeUpdate", "RS-MEM-3"},
    {"/linux/resources/memory", "RS-MEM-1"},
    {"/linux/resources/cpu/burst", "RS-CPU-2"},
    {"/linux/resources/cpu", "RS-CPU-1"},
    {"/linux/resources/blockIO", "RS-BIO-1"},
    {"/linux/resources/hugepageLimits", "RS-HUG-1"},
    {"/linux/resources/network", "RS-NET-1"},
    {"/linux/resources/pids", "RS-PID-1"},
    {"/linux/resources/rdma", "RS-RDMA-1"},
    {"/linux/resources/unified", "RS-UNI-1"},
    {"/linux/intelRdt", "RDT-1"},
    {"/linux/memoryPolicy", "MP-1"},
    {"/linux/sysctl", "SY-1"},
    {"/linux/seccomp/defaultAction", "SC-1"},
    {"/linux/seccomp/defaultErrnoRet", "SC-2"},
    {"/linux/seccomp/syscalls/*/errnoRet", "SC-2"},
    {"/linux/seccomp/syscalls/*/args", "SC-3"},
    {"/linux/seccomp/syscalls", "SC-4"},
    {"/linux/seccomp/listenerPath", "SC-5"},
    {"/linux/seccomp/listenerMetadata", "SC-6"},
    {"/linux/seccomp", "SC-3"},
    {"/linux/rootfsPropagation", "RP-1"},
    {"/linux/maskedPaths", "MK-1"},
    {"/linux/readonlyPaths", "RO-1"},
    {"/linux/mountLabel", "ML-1"},
    {"/linux/personality", "PE-1"},
};

std::string_view take_part(std::string_view& path) {
  const std::string_view part = path.substr(0, path.find('/', 1));
  path.remove_prefix(part.size());
  return part;
}

bool holds(std::string_view pattern, std::string_view pointer) {
  while (!pattern.empty()) {
    const std::string_view wanted = take_part(pattern);
    const std::string_view part = take_part(pointer);
    if (part.empty() || (wanted != "/*" && wanted != part)) return false;
  }
  return true;
}

}  // namespace

std::string_view requirement_of(std::string_view pointer) {
  for (const Row& row : kRows) {
    if (holds(row.pattern, pointer)) return row.id;
  }
  return {};
}

}  // namespace berth::spec
