// Compiles a bundle: reads config.json once, checks it against this host, and turns it into a Plan.
// All mistakes of its form are one error that lists them, and so are all that the compiler finds.
#pragma once

#include <string>

#include "runtime/compile/request.h"
#include "runtime/launch/trace.h"
#include "runtime/plan/plan.h"
#include "spec/config/config.h"

namespace berth::container {

struct Bundle {
  std::string bytes;  ///< the content of config.json
  spec::Config config;
};

struct Compiled {
  spec::Config config;
  plan::Plan plan;
};

// Both change nothing, except that compiling makes the empty mount namespace if the request says so
// and this machine has none yet. Their errors name file, line, column and JSON pointer.
Bundle read_bundle(const plan::Request& request, launch::Trace& trace);
Compiled compile_bundle(Bundle bundle, plan::Request request, launch::Trace& trace);

}  // namespace berth::container
