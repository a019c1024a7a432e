// The words of config.json that the kernel has numbers for. The reader, the compiler, the schema
// and `features` use these tables.
#pragma once

#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "spec/json/rules.h"

namespace berth::spec {

// ---- process --------------------------------------------------------------------------------

/// getrlimit(2)
inline constexpr WordValue kRlimitRows[] = {
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
};
inline constexpr WordTable kRlimitTypes{kRlimitRows};

/// sched(7). The headers of the C libraries lack SCHED_ISO and SCHED_DEADLINE.
inline constexpr WordValue kSchedulerPolicyRows[] = {
    {"SCHED_OTHER", 0}, {"SCHED_FIFO", 1}, {"SCHED_RR", 2},       {"SCHED_BATCH", 3},
    {"SCHED_ISO", 4},   {"SCHED_IDLE", 5}, {"SCHED_DEADLINE", 6},
};
inline constexpr WordTable kSchedulerPolicies{kSchedulerPolicyRows};

/// sched_setattr(2)
inline constexpr WordValue kSchedulerFlagRows[] = {
    {"SCHED_FLAG_RESET_ON_FORK", 0x01},  {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_DL_OVERRUN", 0x04},     {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
};
inline constexpr WordTable kSchedulerFlags{kSchedulerFlagRows};

/// ioprio_set(2)
inline constexpr WordValue kIoPriorityRows[] = {
    {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}};
inline constexpr WordTable kIoPriorityClasses{kIoPriorityRows};

// ---- linux ----------------------------------------------------------------------------------

/// namespaces(7)
inline constexpr WordValue kNamespaceRows[] = {
    {"pid", CLONE_NEWPID},       {"network", CLONE_NEWNET}, {"mount", CLONE_NEWNS},
    {"ipc", CLONE_NEWIPC},       {"uts", CLONE_NEWUTS},     {"user", CLONE_NEWUSER},
    {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME},
};
inline constexpr WordTable kNamespaceTypes{kNamespaceRows};

/// mknod(2)
inline constexpr WordValue kDeviceRows[] = {
    {"c", S_IFCHR}, {"b", S_IFBLK}, {"u", S_IFCHR}, {"p", S_IFIFO}};
inline constexpr WordTable kDeviceTypes{kDeviceRows};

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

/// personality(2)
inline constexpr WordValue kDomainRows[] = {{"LINUX", 0}, {"LINUX32", 8}};
inline constexpr WordTable kPersonalityDomains{kDomainRows};

/// mount(2). The specification defines the first four; engines also send the recursive ones.
inline constexpr WordValue kPropagationRows[] = {
    {"shared", MS_SHARED},
    {"slave", MS_SLAVE},
    {"private", MS_PRIVATE},
    {"unbindable", MS_UNBINDABLE},
    {"rshared", MS_SHARED | MS_REC},
    {"rslave", MS_SLAVE | MS_REC},
    {"rprivate", MS_PRIVATE | MS_REC},
    {"runbindable", MS_UNBINDABLE | MS_REC},
};
inline constexpr WordTable kPropagations{kPropagationRows};

// ---- linux.seccomp --------------------------------------------------------------------------

/// seccomp(2)
inline constexpr WordValue kSeccompActionRows[] = {
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE},
    {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
    {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
    {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF},
};
inline constexpr WordTable kSeccompActions{kSeccompActionRows};

inline constexpr WordValue kSeccompFlagRows[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};
inline constexpr WordTable kSeccompFlags{kSeccompFlagRows};

/// The numbers of libseccomp's scmp_compare.
inline constexpr WordValue kSeccompOperatorRows[] = {
    {"SCMP_CMP_NE", 1}, {"SCMP_CMP_LT", 2}, {"SCMP_CMP_LE", 3},        {"SCMP_CMP_EQ", 4},
    {"SCMP_CMP_GE", 5}, {"SCMP_CMP_GT", 6}, {"SCMP_CMP_MASKED_EQ", 7},
};
inline constexpr WordTable kSeccompOperators{kSeccompOperatorRows};

}  // namespace berth::spec
