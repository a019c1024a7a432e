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

/// Host: opens the filter that create has kept, for exec. Returns its slot, or kNoSlot without a
/// filter.
Slot compile_kept_filter(const spec::Config& config, Builder& builder);

/// What the compiled filter does not contain: the flags, and whether the filter has a listener.
spec::Seccomp without_compiled_rules(const spec::Seccomp& seccomp);

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

/// Whether that depends on the capabilities or is so in any case. Such a filter has to be there
/// when the child begins.
bool may_be_filtered_while_waiting(const spec::Config& config);

bool is_filtered_while_waiting(const spec::Config& config, const CapabilityMasks& masks);

/// The capabilities that init keeps in addition to the permitted ones.
std::uint64_t kept_for_seccomp(const spec::Config& config, const Host& host);

/// Child: loads the filter if this is the time for it.
void compile_seccomp(const spec::Config& config, Slot filter, const CapabilityMasks& masks,
                     SeccompTime time, Builder& builder);

}  // namespace berth::plan
