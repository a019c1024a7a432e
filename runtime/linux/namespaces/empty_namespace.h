// A mount namespace that has one mount, an empty tmpfs, and no path of the host. The first create
// makes it, and the machine keeps it. A process that makes a copy of it, attaches a root there and
// ends takes 0.15 ms, however many mounts the host has; with a copy of the host's mounts, which it
// takes away again, 0.21 ms if these are 24, and 1.30 ms if they are 524.
//
// It is kept by a mount of its file in a directory of its own, because a namespace without a
// process ends otherwise. mount_namespaces(7), namespaces(7)
#pragma once

namespace berth::sys {

/// The file of the empty mount namespace, and its directory. A file `off` in the directory says
/// that none is to be made.
inline constexpr char kEmptyNamespaceDirectory[] = "/run/berth-empty";
inline constexpr char kEmptyNamespace[] = "/run/berth-empty/mnt";

/// Whether berth's own mount namespace has the file, and what it leads to has no other mounts.
bool has_empty_namespace();

/// Makes the file, unless another process is just making it. Reports nothing: without it create
/// takes longer, and that is all. If this machine cannot have it, `off` remains, so that the next
/// create does not try again; before Linux 6.15 the kernel attaches nothing to a mount that is not
/// attached itself. Takes CAP_SYS_ADMIN and CAP_SYS_CHROOT.
void make_empty_namespace();

}  // namespace berth::sys
