// Runs of steps that every chapter about mounts needs, all for the child.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_options.h"
#include "runtime/plan/plan.h"

namespace berth::plan {

/// F := a file system `type` with its source; options are still to come.
void add_new_filesystem(std::string_view type, std::string_view source, std::string_view origin,
                        Builder& builder);
void add_filesystem_words(const std::vector<FilesystemWord>& words, Builder& builder);
/// M := F, with attributes of MOUNT_ATTR_*.
void add_create(std::uint64_t attributes, std::string_view origin, Builder& builder);

/// Of M. Nothing when nothing was named.
void add_attributes(const MountOptions& options, Builder& builder);
void add_read_only(std::string_view origin, Builder& builder);
void add_propagation(const std::vector<PropagationChange>& changes, Builder& builder);

void add_place(std::string_view destination, PlaceRules rules, std::string_view origin,
               Builder& builder);

void add_link(std::string_view path, std::string_view target, std::string_view origin,
              Builder& builder);

/// `tree`, a clone that the host made, with its options at its destination. Unless they
/// say otherwise nothing that is mounted on it in the container shows up on the host.
void add_bind(Slot tree, const MountOptions& options, std::string_view destination,
              PlaceRules rules, std::string_view origin, Builder& builder);

/// The same of M.
void add_bound(const MountOptions& options, std::string_view destination, PlaceRules rules,
               std::string_view origin, Builder& builder);

/// M := a clone of what is mounted at a path of the host, opened by the child.
void add_clone(std::string_view path, bool recursive, LastLink last_link, std::string_view origin,
               Builder& builder);

/// Host: a new slot with the directory at `path`.
Slot open_directory(std::string_view path, std::string_view origin, Builder& builder);

}  // namespace berth::plan
