// What create keeps in the state directory for exec: a config.json of the properties that concern
// exec, and the container's seccomp filter as the kernel takes it.
#pragma once

#include "runtime/linux/base/fd.h"
#include "spec/config/config.h"

namespace berth::launch {

/// Both files are new; SystemError if they exist.
void keep_config(const sys::Dir& state_dir, const spec::Config& config);
void keep_filter(const sys::Dir& state_dir, const sys::Fd& filter);

/// State error if there is none, or not one that berth has written.
spec::Config read_kept_config(const sys::Dir& state_dir);
sys::Fd open_kept_filter(const sys::Dir& state_dir);

}  // namespace berth::launch
