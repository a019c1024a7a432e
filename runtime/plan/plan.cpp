#include "runtime/plan/plan.h"

namespace berth::plan {

std::vector<std::string> Plan::list_at(std::uint32_t offset, std::uint64_t count) const {
  std::vector<std::string> texts;
  for (const char* next = text_at(offset); count > 0; --count) {
    next += texts.emplace_back(next).size() + 1;
  }
  return texts;
}

}  // namespace berth::plan
