// When the system call filter is loaded, and what init keeps for that. config-linux.md "Seccomp"
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/host/host.h"
#include "spec/config.h"

namespace berth::plan {

/// Host: Plan::seccomp, and the step that makes a program of it; its slot, kNoSlot without.
Slot compile_seccomp_filter(const spec::Config& config, Builder& builder);

/// When a filter is loaded.
enum class SeccompTime {
  BeforeWait,  ///< while init still is alone
  Last,        ///< nothing but execve is left
};
/// Last, wherever that can be. Without no_new_privs init keeps CAP_SYS_ADMIN for it until then, and
/// is not to meet a process that could take it from init meanwhile.
SeccompTime seccomp_time(const spec::Config& config, const CapabilityMasks& masks);

bool is_filtered_while_waiting(const spec::Config& config, const CapabilityMasks& masks);

/// What init keeps beside the permitted capabilities.
std::uint64_t kept_for_seccomp(const spec::Config& config, const Host& host);

/// Child: loads the filter if this is the time for it.
void compile_seccomp(const spec::Config& config, Slot filter, const CapabilityMasks& masks,
                     SeccompTime time, Builder& builder);

}  // namespace berth::plan
