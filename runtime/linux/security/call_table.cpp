#include "runtime/linux/security/call_table.h"

#include <iterator>

#include "runtime/linux/security/call_hash.h"

namespace berth::sys {

namespace {

struct Architecture {
  std::uint32_t token;
  std::span<const CallNumber> numbers;
};

#include BERTH_CALL_TABLE  // made by cmake/call_table.cpp

}  // namespace

std::size_t call_count() { return std::size(kOffsets) - 1; }

std::string_view call_name(CallId id) {
  const std::size_t begin = kOffsets[id], end = kOffsets[id + std::size_t{1}];
  return {kNames + begin, end - begin - 1};
}

std::optional<CallId> find_call(std::string_view name) {
  for (std::size_t place = hash_of_call(name) % kCallPlaces; kPlaces[place] != 0;
       place = (place + 1) % kCallPlaces) {
    const auto id = static_cast<CallId>(kPlaces[place] - 1);
    if (call_name(id) == name) return id;
  }
  return std::nullopt;
}

std::optional<std::span<const CallNumber>> call_numbers(std::uint32_t architecture) {
  for (const Architecture& one : kArchitectures) {
    if (one.token == architecture) return one.numbers;
  }
  return std::nullopt;
}

}  // namespace berth::sys
