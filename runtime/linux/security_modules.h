// The security modules of this kernel that give processes labels: whether they are enabled.
#pragma once

namespace berth::sys {

bool is_apparmor_enabled();
/// Its file system is there as soon as the kernel runs it, with a policy or without.
bool is_selinux_enabled();

}  // namespace berth::sys
