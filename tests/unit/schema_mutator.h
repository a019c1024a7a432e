// Documents that are made of valid ones: with one or two places changed, or in another order.
#pragma once

#include <cstdint>
#include <string>

namespace berth::spec {

/// Each seed makes another change: a value on the border of a rule or of another type, a name, a
/// member or an element more or less.
std::string mutated(const std::string& document, std::uint32_t seed);

/// The members of each object in the opposite order.
std::string with_members_reversed(const std::string& document);

}  // namespace berth::spec
