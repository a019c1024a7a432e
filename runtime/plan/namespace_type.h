// The namespace types by the words of config.json and the flags of the kernel. namespaces(7)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::plan {

/// CLONE_NEW* of `pid`, `network`, …; 0 when there is no such type.
std::uint64_t namespace_flag(std::string_view type);

/// The types of CLONE_NEW* flags, as `pid, network`.
std::string namespace_types(std::uint64_t flags);

}  // namespace berth::plan
