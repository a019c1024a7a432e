// What seccomp(2) of this kernel and the built-in libseccomp support: actions, flags,
// architectures. Nothing is changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace berth::sys {

struct SeccompSupport {
  std::vector<std::uint32_t> actions;  ///< SECCOMP_RET_*; empty if the kernel has no filters
  std::uint32_t flags = 0;             ///< SECCOMP_FILTER_FLAG_*
};
/// Looks for flags only `with_flags`.
SeccompSupport seccomp_support(bool with_flags);

/// libseccomp's token for an architecture such as `x86_64`, or 0 if libseccomp does not know it.
/// The token is the kernel's AUDIT_ARCH_*, except for x32, which has one of its own.
std::uint32_t seccomp_architecture(const std::string& name);
/// The token of the architecture that berth was built for.
std::uint32_t native_seccomp_architecture();

/// For example `2.5.4`.
std::string libseccomp_version();

}  // namespace berth::sys
