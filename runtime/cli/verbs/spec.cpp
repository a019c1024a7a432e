#include "runtime/container/verbs/spec.h"

#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"
#include "runtime/container/paths.h"
#include "spec/schema/config_schema.h"

namespace berth::cli {

namespace {

struct Spec : Options, container::SpecOptions {
  bool prints_schema = false;
};

constexpr Flag kFlags[] = {
    kBundleFlag<Spec>,
    {"--rootless", in<Spec, &Spec::rootless>,
     "one for a user without privilege, who is the container's root"},
    {"--schema", in<Spec, &Spec::prints_schema>, "print the JSON Schema of config.json instead"},
};

int run(Call& /*call*/, Spec& options) {
  options.bundle = container::bundle_directory(options.bundle);
  if (options.prints_schema) {
    print(spec::config_schema());
  } else {
    container::write_spec(options);
  }
  return 0;
}

}  // namespace

extern constexpr Verb kSpec = verb<Spec, run>("spec", "write a config.json to begin with", kFlags);

}  // namespace berth::cli
