// The root: where it is placed, how it is entered, what is protected in it. config.md "Root"
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mounts.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Whether the root is a mount of the container, which can have others on it. Without a mount
/// namespace it is one only if the config asks for a mount: a detached copy that no other process
/// sees.
bool has_own_root_mount(const spec::Config& config);

/// Child: separates the mount namespace from the host's propagation, and puts the root in place.
void compile_root(const spec::Config& config, const Files& files, Builder& builder);

/// Child: enters the root. Beyond this point no host path exists.
void compile_enter_root(const spec::Config& config, const Files& files, Builder& builder);

/// Child, after everything that writes to files: read-only and masked paths, read-only mounts that
/// had to be written to, the final propagation of the root.
void compile_protection(const spec::Config& config, const Files& files, Builder& builder);

}  // namespace berth::plan
