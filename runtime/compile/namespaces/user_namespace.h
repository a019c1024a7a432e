// The user namespace: its id maps, who may make it, what a caller without privilege cannot have.
// config-linux.md "User namespace mappings"
#pragma once

#include "runtime/compile/builder.h"
#include "runtime/host/host.h"
#include "spec/config.h"

namespace berth::plan {

/// What a caller without privilege cannot have at all.
void refuse_unprivileged(const spec::Config& config, Builder& builder);

/// Both sides: id maps, then root of the user namespace.
void compile_user_namespace(const spec::Config& config, Builder& builder);

/// Whether the id maps take a caller without privilege to whom the child has to open its /proc
/// files: what else the host does with those then has to be done at the same time.
bool is_mapped_by_caller(const spec::Config& config, const Host& host);

/// setgroups(2) in the container; Unknown in a user namespace that is joined.
enum class Groups { Allowed, Denied, Unknown };
Groups groups_of(const spec::Config& config, const Host& host);

}  // namespace berth::plan
