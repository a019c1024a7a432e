// What seccomp(2) of this kernel and the libseccomp in this program know: actions, flags,
// architectures, names of system calls. Changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace berth::sys {

struct SeccompSupport {
  std::vector<std::uint32_t> actions;  ///< SECCOMP_RET_*; none: a kernel without filters
  std::uint32_t flags = 0;             ///< SECCOMP_FILTER_FLAG_*
};
SeccompSupport seccomp_support();

/// libseccomp's token of an architecture (`x86_64`), 0: it does not know it. The token is the
/// kernel's AUDIT_ARCH_*, but for x32, which has one of its own.
std::uint32_t seccomp_architecture(const std::string& name);
/// That of this program.
std::uint32_t native_seccomp_architecture();

/// Whether any architecture has a system call of this name, as far as libseccomp knows.
bool is_system_call(const std::string& name);

/// `2.5.4`
std::string libseccomp_version();

}  // namespace berth::sys
