#include "runtime/container/site.h"

namespace berth::container {

void note_failure(Site& site, const char* what, const std::exception& error) noexcept {
  try {
    site.failures.push_back(std::string(what) + error.what());
  } catch (const std::exception&) {
    // The error that is under way says the same: there is no memory.
  }
}

}  // namespace berth::container
