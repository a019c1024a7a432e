// Whether the kernel runs the security modules that label processes.
#pragma once

namespace berth::sys {

bool is_apparmor_enabled();
/// selinuxfs exists as soon as the kernel runs SELinux, even without a policy.
bool is_selinux_enabled();

}  // namespace berth::sys
