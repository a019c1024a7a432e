#include <linux/mount.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "runtime/plan/compile_files.h"
#include "runtime/plan/container_path.h"
#include "runtime/plan/mount_steps.h"

namespace berth::plan {

namespace {

constexpr char kRootPath[] = "/root/path";
constexpr char kPropagation[] = "/linux/rootfsPropagation";

/// What the config says; `slave`, recursive, of nobody's wish when it says nothing.
PropagationChange root_propagation(const spec::Config& config, Problems& problems) {
  const std::string& word = config.linux.rootfs_propagation;
  PropagationChange change{.type = MS_SLAVE, .recursive = true, .origin = {}};
  if (word.empty()) return change;
  if (const auto found = find_propagation(word)) {
    change = *found;
  } else {
    problems.add(kPropagation, "'" + word +
                                   "' is none of shared, slave, private, unbindable, and these " +
                                   "with an 'r' in front");
  }
  change.origin = kPropagation;
  return change;
}

/// One step for each path, the same path once. `label`: the second text.
void add_paths(Op op, const std::vector<std::string>& paths, const std::string& pointer,
               const std::string& label, Builder& builder) {
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string origin = pointer + "/" + std::to_string(i);
    const std::string path = clean_path(paths[i]);
    if (!paths[i].starts_with('/') || path == "/") {
      builder.problems.add(origin, "'" + paths[i] + "' is no absolute path below the root");
    } else if (std::find(seen.begin(), seen.end(), path) == seen.end()) {
      add_child(builder, op, origin, path).text[1] = builder.text(label);
      seen.push_back(path);
    }
  }
}

}  // namespace

void compile_root(const spec::Config& config, const Files& files, Builder& builder) {
  const MountNamespace space = mount_namespace_of(config);
  if (space == MountNamespace::Inherited) {
    builder.child(Op::UseRoot, kRootPath).slot = files.root;
    return;
  }
  // Until the end nothing is shared with the host, or mounts would show up there.
  PropagationChange change = root_propagation(config, builder.problems);
  change.type = change.type == MS_PRIVATE ? MS_PRIVATE : MS_SLAVE;
  change.recursive = true;
  if (space == MountNamespace::New) {
    builder.child(Op::DetachPropagation, change.origin).number[0] = change.type;
    // Beyond the first step no copy is a peer of the host's; beyond AttachRoot a path is another.
    builder.add_late_sources();
    add_child(builder, Op::AttachRoot, kRootPath, "/").slot = files.root;
  } else {
    // A joined one is others' as well: the tree stays detached, is seen by this container alone,
    // and goes with its last process. Only a tree that was made in there takes mounts: Linux 6.15.
    const std::int32_t tree = builder.new_slot();
    Step& open = add_child(builder, Op::OpenTree, kRootPath, files.root_path);
    open.slot = tree;
    open.number[0] = 1;
    builder.child(Op::UseRoot, kRootPath).slot = tree;
  }
  add_propagation({change}, builder);
}

void compile_enter_root(const spec::Config& config, Builder& builder) {
  const bool pivots =
      mount_namespace_of(config) == MountNamespace::New && !builder.request.no_pivot;
  builder.child(Op::EnterRoot, kRootPath).number[0] =
      static_cast<std::uint64_t>(pivots ? Entry::Pivot : Entry::Chroot);
}

void compile_protection(const spec::Config& config, const Files& files, Builder& builder) {
  if (mount_namespace_of(config) == MountNamespace::Inherited) return;
  add_paths(Op::ProtectPath, config.linux.readonly_paths, "/linux/readonlyPaths", "", builder);
  add_paths(Op::MaskPath, config.linux.masked_paths, "/linux/maskedPaths", config.linux.mount_label,
            builder);
  for (const MountRequest& request : files.mounts) {
    if (!request.late_read_only) continue;
    add_child(builder, Op::FindMount, request.pointer, request.destination);
    add_read_only(request.pointer + "/options", builder);
  }
  if (config.root && config.root->readonly) {
    add_child(builder, Op::FindMount, "/root/readonly", "/");
    add_read_only("/root/readonly", builder);
  }
  const PropagationChange change = root_propagation(config, builder.problems);
  if (change.type == MS_SHARED || change.type == MS_UNBINDABLE) {
    add_child(builder, Op::FindMount, kPropagation, "/");
    add_propagation({change}, builder);
  }
}

}  // namespace berth::plan
