#include "runtime/container/context.h"

namespace berth::container {

void note_failure(Context& context, const char* what, const std::exception& error) noexcept {
  try {
    context.failures.push_back(std::string(what) + error.what());
  } catch (const std::exception&) {
    // There is no memory, and the error that is under way reports that already.
  }
}

}  // namespace berth::container
