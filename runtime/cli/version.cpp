#include "runtime/cli/version.h"

#include "spec/documents/version.h"

namespace berth::cli {

std::string version_text() {
  return "berth version " BERTH_VERSION "\ncommit: " BERTH_COMMIT "\nspec: " +
         std::string(spec::kOciVersion) + "\n";
}

}  // namespace berth::cli
