#include "runtime/compile/process/labels.h"

#include <algorithm>

namespace berth::plan {

namespace {

constexpr char kProfile[] = "/process/apparmorProfile";
constexpr char kLabel[] = "/process/selinuxLabel";
constexpr char kUnconfined[] = "unconfined";

std::string profile_of(const spec::Config& config) {
  return config.process ? config.process->apparmor_profile.value_or("") : "";
}

std::string label_of(const spec::Config& config) {
  return config.process ? config.process->selinux_label.value_or("") : "";
}

void set_label(const char* file, const std::string& text, const char* pointer, Builder& builder) {
  builder.add(SetLabel{.file = builder.text(file), .label = builder.text(text)}, pointer);
}

}  // namespace

void check_label(const std::string& text, const char* pointer, Builder& builder) {
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' '; })) {
    builder.problems.add(pointer, "has a control character, which no label has");
  }
}

void refuse_without_selinux(const char* pointer, Builder& builder) {
  if (builder.host.has_selinux) return;
  builder.unsupported(pointer, "SELinux is not enabled in this kernel");
}

void compile_key_label(const spec::Config& config, Slot host_proc, Builder& builder) {
  const std::string label = label_of(config);
  if (label.empty()) return;
  builder.add(OpenProc{.of_host = host_proc}, kLabel);
  // The kernel resets this label at execve(2), so init need not take it back.
  set_label("attr/keycreate", label, kLabel, builder);
  builder.add(CloseProc{}, kLabel);
}

bool has_labels(const spec::Config& config, const Host& host) {
  return !label_of(config).empty() || (host.has_apparmor && !profile_of(config).empty());
}

void compile_labels(const spec::Config& config, Builder& builder) {
  const std::string profile = profile_of(config), label = label_of(config);
  if (!profile.empty()) check_label(profile, kProfile, builder);
  if (!profile.empty() && builder.host.has_apparmor) {
    set_label("attr/apparmor/exec", "exec " + profile, kProfile, builder);
  } else if (!profile.empty() && profile != kUnconfined) {
    // Without AppArmor every process is unconfined.
    builder.unsupported(kProfile,
                        "AppArmor is not enabled in this kernel, there is no "
                        "`/proc/self/attr/apparmor/exec` to write '" +
                            profile + "' to");
  }
  if (label.empty()) return;
  check_label(label, kLabel, builder);
  refuse_without_selinux(kLabel, builder);
  set_label("attr/exec", label, kLabel, builder);
}

}  // namespace berth::plan
