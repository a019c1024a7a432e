// The SELinux label of files in new file systems. config-linux.md "Mount Label"
#pragma once

#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_request.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Finds out which new file systems get the label of linux.mountLabel. ML-1
void compile_mount_labels(const spec::Config& config, std::vector<MountRequest>& mounts,
                          Builder& builder);

/// Child: labels F, or M if the file system takes a label only there. No step without a label.
void add_mount_label(const MountRequest& request, Builder& builder);

void add_top_label(const MountRequest& request, Builder& builder);

}  // namespace berth::plan
