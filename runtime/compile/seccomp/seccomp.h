// When the system call filter is loaded, and what init keeps for that. config-linux.md "Seccomp"
#pragma once

#include <cstdint>
#include <string>

#include "runtime/compile/builder.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/host/host.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: fills Plan::seccomp and adds the step that makes a program of it. Returns its slot, or
/// kNoSlot without a filter.
Slot compile_seccomp_filter(const spec::Config& config, Builder& builder);

/// Why berth cannot make a filter for an architecture (`SCMP_ARCH_X86`); empty if it can.
std::string architecture_fault(const std::string& name);

/// When a filter is loaded.
enum class SeccompTime {
  BeforeWait,  ///< before init waits for start and runs hooks
  Last,        ///< nothing but execve is left
};
/// Last, wherever that is possible. Without no_new_privs init keeps CAP_SYS_ADMIN until it loads
/// the filter, and no process that could take the capability over may meet it meanwhile.
SeccompTime seccomp_time(const spec::Config& config, const CapabilityMasks& masks);

bool is_filtered_while_waiting(const spec::Config& config, const CapabilityMasks& masks);

/// The capabilities that init keeps in addition to the permitted ones.
std::uint64_t kept_for_seccomp(const spec::Config& config, const Host& host);

/// Child: loads the filter if this is the time for it.
void compile_seccomp(const spec::Config& config, Slot filter, const CapabilityMasks& masks,
                     SeccompTime time, Builder& builder);

}  // namespace berth::plan
