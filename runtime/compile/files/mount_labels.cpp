#include "runtime/compile/files/mount_labels.h"

#include <algorithm>
#include <iterator>

#include "runtime/compile/annotations.h"
#include "runtime/compile/files/mount_steps.h"
#include "runtime/compile/process/labels.h"

namespace berth::plan {

namespace {

constexpr char kMountLabel[] = "/linux/mountLabel";

/// Whether the kernel's policy labels the files of this type one by one.
bool is_labelled_by_kernel(const std::string& type) {
  constexpr std::string_view kTypes[] = {"proc", "sysfs", "cgroup2"};
  return std::ranges::find(kTypes, type) != std::end(kTypes);
}

bool has_context(const MountOptions& options) {
  return std::ranges::any_of(
      options.filesystem, [](const FilesystemWord& word) { return word.key.ends_with("context"); });
}

}  // namespace

void compile_mount_labels(const spec::Config& config, std::vector<MountRequest>& mounts,
                          Builder& builder) {
  using Kind = MountRequest::Kind;
  const std::string& label = config.linux.mount_label;
  if (label.empty()) return;
  check_label(label, kMountLabel, builder);
  refuse_without_selinux(kMountLabel, builder);
  const std::string option = label_option(config, builder);
  for (MountRequest& request : mounts) {
    const bool is_new = request.kind == Kind::Filesystem || request.kind == Kind::Cgroup;
    const bool is_asked = is_new && !is_labelled_by_kernel(request.type);
    if (!is_asked || has_context(request.options)) continue;
    request.label = label;
    request.label_option = option;
  }
}

void add_mount_label(const MountRequest& request, Builder& builder) {
  // The only superblock of an ipc namespace exists before any option can be given to it, so
  // add_top_label labels the mount.
  if (request.label.empty() || request.type == "mqueue") return;
  add_filesystem_words(
      {{request.label_option, request.label, FilesystemWord::Kind::Data, kMountLabel}}, builder);
}

void add_top_label(const MountRequest& request, Builder& builder) {
  if (request.label.empty() || request.type != "mqueue") return;
  builder.add(LabelMount{.label = builder.text(request.label)}, kMountLabel);
}

}  // namespace berth::plan
