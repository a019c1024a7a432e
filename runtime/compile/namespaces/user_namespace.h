// The user namespace: its id maps, who may make it, what a caller without privilege cannot have.
// config-linux.md "User namespace mappings"
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/host/host.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Refuses what a caller without privilege cannot have at all.
void refuse_unprivileged(const spec::Config& config, Builder& builder);

/// Both sides: the host maps the ids, then the child becomes root of the user namespace.
void compile_user_namespace(const spec::Config& config, Builder& builder);

/// Whether a caller without privilege writes the id maps. The child then has to open its /proc
/// files to the caller, and everything else that the host does with them has to be done at that
/// time.
bool is_mapped_by_caller(const spec::Config& config, const Host& host);

/// Whether setgroups(2) works in the container; Unknown for a user namespace that is joined.
enum class Groups { Allowed, Denied, Unknown };
Groups groups_of(const spec::Config& config, const Host& host);

}  // namespace berth::plan
