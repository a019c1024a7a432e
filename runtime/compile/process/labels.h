// The label of the program and of its keys. config.md "Linux Process"
#pragma once

#include <string>

#include "runtime/compile/builder.h"
#include "runtime/host/host.h"
#include "spec/config/config.h"

namespace berth::plan {

/// Child: sets the label of the keys that init makes. `host_proc` is for OpenProc.
void compile_key_label(const spec::Config& config, Slot host_proc, Builder& builder);

/// Whether the program gets a label.
bool has_labels(const spec::Config& config, const Host& host);

/// Child: sets the label of the program.
void compile_labels(const spec::Config& config, Builder& builder);

/// Refuses control characters, because the kernel reads the label as the last word of a text.
void check_label(const std::string& text, const char* pointer, Builder& builder);
void refuse_without_selinux(const char* pointer, Builder& builder);

}  // namespace berth::plan
