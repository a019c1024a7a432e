#include "runtime/host/copied_mounts.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/linux/files/path_text.h"
#include "runtime/linux/namespaces/empty_namespace.h"
#include "runtime/linux/namespaces/mount_facts.h"

namespace berth::plan {

namespace {

bool has_word(const spec::Mount& mount, const char* word) {
  return std::find(mount.options.begin(), mount.options.end(), word) != mount.options.end();
}

bool is_at_or_below(const std::string& path, const std::string& top) {
  return path == top || sys::is_below(path, top);
}

/// The mounts of which a bind takes no copy, or not a good one. berth's own directory is never
/// meant.
std::optional<std::vector<std::string>> find_unmovable() {
  auto paths = sys::find_unmovable_mounts();
  if (paths) {
    std::erase_if(*paths, [](const std::string& path) {
      return is_at_or_below(path, sys::kEmptyNamespaceDirectory);
    });
  }
  return paths;
}

}  // namespace

bool needs_copied_mounts(const spec::Config& config, const std::string& bundle) {
  const auto root = sys::facts_of_source(
      sys::bundle_path(bundle, config.root ? config.root->path : std::string()));
  if (!root || root->is_unmovable) return true;
  std::vector<std::string> trees;
  // A root that has such a mount is the host's own, or holds it.
  if (is_at_or_below("/run", root->path)) trees.push_back(root->path);
  for (const spec::Mount& mount : config.mounts) {
    const bool is_recursive = has_word(mount, "rbind");
    if (!is_recursive && !has_word(mount, "bind")) continue;
    auto source = sys::facts_of_source(sys::bundle_path(bundle, mount.source));
    if (!source || source->is_unmovable || is_at_or_below(source->path, root->path)) return true;
    if (is_recursive && source->is_directory) trees.push_back(std::move(source->path));
  }
  if (trees.empty()) return false;
  const auto unmovable = find_unmovable();
  return !unmovable || std::any_of(unmovable->begin(), unmovable->end(), [&](const auto& path) {
    return std::any_of(trees.begin(), trees.end(),
                       [&](const auto& tree) { return is_at_or_below(path, tree); });
  });
}

}  // namespace berth::plan
