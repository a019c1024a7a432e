// Capability sets as masks. config.md "Linux Process"
#pragma once

#include <cstdint>

#include "runtime/compile/builder.h"
#include "runtime/host/host.h"
#include "spec/config/config.h"

namespace berth::plan {

constexpr std::uint64_t capability_bit(int number) { return std::uint64_t{1} << number; }

/// The five sets, as masks; absent ones are empty. Names that cannot be granted are warnings.
struct CapabilityMasks {
  std::uint64_t bounding = 0, effective = 0, inheritable = 0, permitted = 0, ambient = 0;
};

CapabilityMasks compile_capabilities(const spec::Config& config, Builder& builder);

/// The capabilities that berth can grant: all of them in a user namespace, which begins with all,
/// and otherwise those of the caller's bounding set. user_namespaces(7)
std::uint64_t grantable_capabilities(const spec::Config& config, const Host& host);

}  // namespace berth::plan
