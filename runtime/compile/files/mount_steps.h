// Sequences of steps for all chapters about mounts. The child executes them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_options.h"
#include "runtime/plan/plan.h"

namespace berth::plan {

/// F := a file system `type` with its source; its options come later.
void add_new_filesystem(std::string_view type, std::string_view source, std::string_view origin,
                        Builder& builder);
void add_filesystem_words(const std::vector<FilesystemWord>& words, Builder& builder);
/// M := F, with attributes of MOUNT_ATTR_*.
void add_create(std::uint64_t attributes, std::string_view origin, Builder& builder);

/// Changes those attributes of M that the options name.
void add_attributes(const MountOptions& options, Builder& builder);
void add_read_only(std::string_view origin, Builder& builder);
void add_propagation(const std::vector<PropagationChange>& changes, Builder& builder);

void add_place(std::string_view destination, PlaceRules rules, std::string_view origin,
               Builder& builder);

/// Places M, a clone of a mount of the host, at its destination with its options. Unless they say
/// otherwise, a mount that the container makes on it does not appear on the host.
void add_bound(const MountOptions& options, std::string_view destination, PlaceRules rules,
               std::string_view origin, Builder& builder);

/// M := a clone of what is mounted at a path of the host, opened by the child.
void add_clone(std::string_view path, bool recursive, Symlink symlink, std::string_view origin,
               Builder& builder);

}  // namespace berth::plan
