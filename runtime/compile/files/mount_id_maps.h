// The id mappings of mounts. config.md "Mounts"
#pragma once

#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "runtime/compile/files/mounts.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Host: finds out the id mapping of each mount, and maps the bind mounts whose mapping is not the
/// container's. MO-idmap-1, MO-ridmap-1
void compile_own_id_maps(const spec::Config& config, std::vector<MountRequest>& mounts,
                         Builder& builder);

/// Both sides, once the container's user namespace exists: maps the bind mounts that get its
/// mapping.
void compile_container_id_maps(const spec::Config& config, const Files& files, Builder& builder);

}  // namespace berth::plan
