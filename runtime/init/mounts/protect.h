// Steps that make paths read-only or hide them.
#pragma once

#include "runtime/init/base/state.h"

namespace berth::init {

/// A detached mount of an empty read-only tmpfs; all of them show one file system. `label` is its
/// SELinux context, or empty.
Fd empty_directory(Init& init, const char* label);

void run(Init& init, const plan::ProtectPath& step);
void run(Init& init, const plan::MaskPath& step);

}  // namespace berth::init
