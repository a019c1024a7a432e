// How the names of system calls are spread over their table; the tool that makes the table needs
// it, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace berth::sys {

/// More than twice as many as there are names.
inline constexpr std::size_t kCallPlaces = 2048;

/// FNV-1a.
constexpr std::uint32_t hash_of_call(std::string_view name) {
  std::uint32_t hash = 2166136261;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return hash;
}

}  // namespace berth::sys
