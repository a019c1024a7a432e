// What security modules are told: the label of the program, of its keys, and of the files of new
// file systems. config.md "Linux Process", config-linux.md "Mount Label"
#include <algorithm>
#include <iterator>

#include "runtime/plan/compile_files.h"
#include "runtime/plan/compile_process.h"
#include "runtime/plan/mount_steps.h"

namespace berth::plan {

namespace {

constexpr char kProfile[] = "/process/apparmorProfile";
constexpr char kLabel[] = "/process/selinuxLabel";
constexpr char kMountLabel[] = "/linux/mountLabel";
constexpr char kUnconfined[] = "unconfined";

std::string profile_of(const spec::Config& config) {
  return config.process ? config.process->apparmor_profile.value_or("") : "";
}

std::string label_of(const spec::Config& config) {
  return config.process ? config.process->selinux_label.value_or("") : "";
}

/// The kernel reads words, and the label is the last one.
void check_text(const std::string& text, const char* pointer, Builder& builder) {
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' '; })) {
    builder.problems.add(pointer, "has a control character, which no label has");
  }
}

void refuse_without_selinux(const char* pointer, Builder& builder) {
  if (builder.host.has_selinux) return;
  builder.problems.add(pointer, "SELinux is not enabled in this kernel", ErrorKind::Unsupported);
}

void set_label(const char* file, const std::string& text, const char* pointer, Builder& builder) {
  Step& step = add_child(builder, Op::SetLabel, pointer, file);
  step.text[1] = builder.text(text);
}

/// These are labelled by the kernel's policy, file by file.
bool is_labelled_by_kernel(const std::string& type) {
  constexpr std::string_view kTypes[] = {"proc", "sysfs", "cgroup2"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

bool has_context(const MountOptions& options) {
  return std::any_of(options.filesystem.begin(), options.filesystem.end(),
                     [](const FilesystemWord& word) { return word.key.ends_with("context"); });
}

}  // namespace

void compile_mount_labels(const spec::Config& config, std::vector<MountRequest>& mounts,
                          Builder& builder) {
  using Kind = MountRequest::Kind;
  const std::string& label = config.linux.mount_label;
  if (label.empty()) return;
  check_text(label, kMountLabel, builder);
  refuse_without_selinux(kMountLabel, builder);
  for (MountRequest& request : mounts) {
    const bool is_new = request.kind == Kind::Filesystem || request.kind == Kind::Cgroup;
    const bool is_asked = is_new && !is_labelled_by_kernel(request.type);
    if (!is_asked || has_context(request.options)) continue;
    request.label = label;
  }
}

void add_mount_label(const MountRequest& request, Builder& builder) {
  // The one superblock of an ipc namespace is older than any option: add_top_label.
  if (request.label.empty() || request.type == "mqueue") return;
  add_filesystem_words({{"context", request.label, FilesystemWord::Kind::Data, kMountLabel}},
                       builder);
}

void add_top_label(const MountRequest& request, Builder& builder) {
  if (request.label.empty() || request.type != "mqueue") return;
  add_child(builder, Op::LabelMount, kMountLabel, request.label);
}

void compile_key_label(const spec::Config& config, Builder& builder) {
  const std::string label = label_of(config);
  if (label.empty()) return;
  builder.child(Op::OpenProc, kLabel);
  // The kernel forgets it at exec.
  set_label("attr/keycreate", label, kLabel, builder);
  builder.child(Op::CloseProc, kLabel);
}

bool has_labels(const spec::Config& config, const Host& host) {
  return !label_of(config).empty() || (host.has_apparmor && !profile_of(config).empty());
}

void compile_labels(const spec::Config& config, Builder& builder) {
  const std::string profile = profile_of(config), label = label_of(config);
  if (!profile.empty()) check_text(profile, kProfile, builder);
  if (!profile.empty() && builder.host.has_apparmor) {
    set_label("attr/apparmor/exec", "exec " + profile, kProfile, builder);
  } else if (!profile.empty() && profile != kUnconfined) {
    // Without AppArmor everything is unconfined.
    builder.problems.add(kProfile,
                         "AppArmor is not enabled in this kernel, there is no "
                         "`/proc/self/attr/apparmor/exec` to write '" +
                             profile + "' to",
                         ErrorKind::Unsupported);
  }
  if (label.empty()) return;
  check_text(label, kLabel, builder);
  refuse_without_selinux(kLabel, builder);
  set_label("attr/exec", label, kLabel, builder);
}

}  // namespace berth::plan
