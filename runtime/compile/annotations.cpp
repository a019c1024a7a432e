#include "runtime/compile/annotations.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace berth::plan {

namespace {

constexpr char kKeepGroups[] = "run.oci.keep_original_groups";
constexpr char kFailUnknown[] = "run.oci.seccomp_fail_unknown_syscall";
constexpr char kContextType[] = "run.oci.mount_context_type";

struct Refused {
  const char* name;
  const char* instead;  ///< what berth has for it; empty: nothing
};

constexpr Refused kRefused[] = {{"run.oci.delegate-cgroup", ""},
                                {"run.oci.handler", ""},
                                {"run.oci.hooks.stderr", ""},
                                {"run.oci.hooks.stdout", ""},
                                {"run.oci.pidfd_receiver", "use the flag --pidfd-socket"},
                                {"run.oci.seccomp.plugins", ""},
                                {"run.oci.seccomp.receiver", "use /linux/seccomp/listenerPath"},
                                {"run.oci.seccomp_bpf_data", "use /linux/seccomp"},
                                {"run.oci.systemd.force_cgroup_v1", "mount it: /mounts"}};

std::string pointer_of(std::string_view name) { return "/annotations/" + std::string(name); }

/// Null if there is no such annotation.
const std::string* find(const spec::Config& config, const char* name) {
  const auto found = config.annotations.find(name);
  return found == config.annotations.end() ? nullptr : &found->second;
}

bool is_one(const spec::Config& config, const char* name) {
  const std::string* const value = find(config, name);
  return value != nullptr && *value == "1";
}

}  // namespace

void refuse_annotations(const spec::Config& config, Builder& builder) {
  for (const auto& [name, instead] : kRefused) {
    const std::string* const value = find(config, name);
    if (value == nullptr || value->empty()) continue;  // buildah always sends run.oci.handler
    std::string message = "is not supported";
    if (*instead != '\0') message.append("; ").append(instead);
    builder.unsupported(pointer_of(name), message);
  }
}

spec::Strings effective_annotations() {
  return {kKeepGroups, kContextType, kFailUnknown, "org.systemd.property."};
}

bool keeps_groups(const spec::Config& config) { return is_one(config, kKeepGroups); }

spec::StringMap annotations_for_exec(const spec::Config& config) {
  if (!keeps_groups(config)) return {};
  return {{kKeepGroups, "1"}};
}

bool refuses_unknown_calls(const spec::Config& config) { return is_one(config, kFailUnknown); }

std::string label_option(const spec::Config& config, Builder& builder) {
  constexpr std::string_view kOptions[] = {"context", "rootcontext", "fscontext", "defcontext"};
  const std::string* const option = find(config, kContextType);
  if (option == nullptr) return "context";
  if (std::ranges::find(kOptions, *option) == std::end(kOptions)) {
    builder.problems.add(pointer_of(kContextType), "'" + *option +
                                                       "' is not one of context, rootcontext, "
                                                       "fscontext, defcontext");
  }
  return *option;
}

}  // namespace berth::plan
