// A bundle compiled: config.json read once, checked against this host, turned into a Plan. All
// mistakes of its form are one error that lists them, and so are all that the compiler finds.
#pragma once

#include <string>

#include "runtime/compile/request.h"
#include "runtime/container/create.h"
#include "runtime/launch/trace.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace berth::container {

struct Bundle {
  std::string bytes;  ///< of config.json
  spec::Config config;
};

struct Compiled {
  spec::Config config;
  plan::Plan plan;
};

// Both change nothing. Their errors name file, line, column and JSON pointer.
Bundle read_bundle(const plan::Request& request, launch::Trace& trace);
Compiled compile_bundle(Bundle bundle, plan::Request request, launch::Trace& trace);

/// What create asks of the compiler. Takes LISTEN_FDS from the environment when LISTEN_PID is us.
/// Descriptors to be preserved that are closed stay so: from now on nothing is opened there.
plan::Request request_of(const std::string& id, const CreateOptions& options);

}  // namespace berth::container
