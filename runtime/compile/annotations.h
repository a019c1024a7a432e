// Annotations by which engines, podman above all, ask a runtime for something. docs/annotations.md
// lists them.
#pragma once

#include <string>

#include "runtime/compile/builder.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Refuses those that ask for something that berth does not do. All others are information; so is
/// one without a value.
void refuse_annotations(const spec::Config& config, Builder& builder);

/// The names of those that change what berth does.
spec::Strings effective_annotations();

/// Whether the program keeps the supplementary groups of berth's caller, instead of
/// `user.additionalGids`: `run.oci.keep_original_groups` is 1.
bool keeps_groups(const spec::Config& config);
/// The annotations that exec needs.
spec::StringMap annotations_for_exec(const spec::Config& config);

/// Whether a filter with the name of an unknown system call is refused:
/// `run.oci.seccomp_fail_unknown_syscall` is 1.
bool refuses_unknown_calls(const spec::Config& config);

/// The mount option that takes `linux.mountLabel`: `context`, or what `run.oci.mount_context_type`
/// says. mount(8)
std::string label_option(const spec::Config& config, Builder& builder);

}  // namespace berth::plan
