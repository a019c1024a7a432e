// What a config says about its namespaces. config-linux.md "Namespaces"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "spec/config/config.h"

namespace berth::plan {

/// The mount namespace that the container's files are set up in.
enum class MountNamespace { New, Joined, Inherited };

MountNamespace mount_namespace_of(const spec::Config& config);
bool has_new_namespace(const spec::Config& config, std::string_view type);
/// Whether the config has an entry of this type, new or joined. Otherwise the container shares
/// berth's namespace.
bool has_own_namespace(const spec::Config& config, std::string_view type);
bool has_joined_namespace(const spec::Config& config, std::string_view type);
/// CLONE_NEW* of those new namespaces that need nothing of the plan: most of the time that a clone
/// takes, it makes a network namespace. None beside a user namespace, which is to own them.
std::uint64_t early_namespaces(const spec::Config& config);
/// The pointer of the entry of this type, which must exist.
std::string namespace_pointer(const spec::Config& config, std::string_view type);

}  // namespace berth::plan
