// The label of the program and of its keys. config.md "Linux Process"
#pragma once

#include <string>

#include "runtime/compile/builder.h"
#include "runtime/host/host.h"
#include "spec/config.h"

namespace berth::plan {

/// Child: of the keys that it makes.
void compile_key_label(const spec::Config& config, Builder& builder);

/// Whether there is one to be written for the program.
bool has_labels(const spec::Config& config, const Host& host);

/// Child: of the program.
void compile_labels(const spec::Config& config, Builder& builder);

/// The kernel reads words, and the label is the last one.
void check_label(const std::string& text, const char* pointer, Builder& builder);
void refuse_without_selinux(const char* pointer, Builder& builder);

}  // namespace berth::plan
