#include "runtime/compile/namespaces/config_namespaces.h"

#include <algorithm>

#include "spec/config/namespaces.h"

namespace berth::plan {

namespace {

const spec::Namespace* find_namespace(const spec::Config& config, std::string_view type) {
  const auto& namespaces = config.linux.namespaces;
  const auto found = std::ranges::find(namespaces, type, &spec::Namespace::type);
  return found == namespaces.end() ? nullptr : &*found;
}

/// Those that take the kernel longest, and that hold nothing of the host's.
bool can_be_early(std::string_view type) {
  return type == "network" || type == "ipc" || type == "uts";
}

}  // namespace

MountNamespace mount_namespace_of(const spec::Config& config) {
  const spec::Namespace* space = find_namespace(config, "mount");
  if (space == nullptr) return MountNamespace::Inherited;
  return space->path.empty() ? MountNamespace::New : MountNamespace::Joined;
}

std::string namespace_pointer(const spec::Config& config, std::string_view type) {
  const auto place = find_namespace(config, type) - config.linux.namespaces.data();
  return "/linux/namespaces/" + std::to_string(place);
}

bool has_new_namespace(const spec::Config& config, std::string_view type) {
  const spec::Namespace* space = find_namespace(config, type);
  return space != nullptr && space->path.empty();
}

bool has_own_namespace(const spec::Config& config, std::string_view type) {
  return find_namespace(config, type) != nullptr;
}

bool has_joined_namespace(const spec::Config& config, std::string_view type) {
  return has_own_namespace(config, type) && !has_new_namespace(config, type);
}

std::uint64_t early_namespaces(const spec::Config& config) {
  std::uint64_t flags = 0;
  if (has_own_namespace(config, "user")) return flags;
  for (const spec::Namespace& space : config.linux.namespaces) {
    const bool is_early = space.path.empty() && can_be_early(space.type);
    if (is_early) flags |= spec::kNamespaceTypes.value_of(space.type);
  }
  return flags;
}

}  // namespace berth::plan
