#include "runtime/container/site.h"

namespace berth::container {

void note_failure(Site& site, const char* what, const std::exception& error) noexcept {
  try {
    site.failures.push_back(std::string(what) + error.what());
  } catch (const std::exception&) {
    // There is no memory, and the error that is under way reports that already.
  }
}

}  // namespace berth::container
