#include "runtime/compile/process/hooks.h"

#include <algorithm>
#include <cstdint>

#include "runtime/compile/namespaces/config_namespaces.h"
#include "spec/config/default_config.h"
#include "spec/documents/state.h"
#include "spec/documents/version.h"
#include "spec/json/json.h"

namespace berth::plan {

namespace {

using HookList = std::vector<spec::Hook>;

std::string pointer_of(const char* list, std::size_t number) {
  return std::string("/hooks/") + list + "/" + std::to_string(number);
}

void add_host_hooks(const HookList& hooks, HostHook list, const char* name, Builder& builder) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    builder.add(RunHostHook{.path = builder.text(hooks[i].path),
                            .list = list,
                            .number = static_cast<std::uint32_t>(i)},
                pointer_of(name, i));
  }
}

/// A state document without the pid, which only init knows. Init inserts it, because it cannot
/// write JSON.
struct OpenState {
  std::string text;
  std::size_t pid_place = 0;
};

OpenState state_without_pid(const spec::Config& config, const char* status,
                            const Request& request) {
  spec::State state;
  state.oci_version = spec::kOciVersion;
  state.id = request.id;
  state.status = status;
  state.bundle = request.bundle;
  state.annotations = config.annotations;
  // Two documents that differ only in the pid show where it is.
  state.pid = 1;
  std::string text = spec::to_json(state);
  state.pid = 2;
  const std::string other = spec::to_json(state);
  const auto place = std::mismatch(text.begin(), text.end(), other.begin()).first - text.begin();
  text.erase(static_cast<std::size_t>(place), 1);
  return {text, static_cast<std::size_t>(place)};
}

/// Init adds the timeout to a clock, which must not overflow, so it is at most some 30,000 years.
std::uint64_t milliseconds_of(std::int64_t seconds) {
  return static_cast<std::uint64_t>(std::min(seconds, std::int64_t{1} << 40)) * 1000;
}

/// `environment` is for hooks that have none of their own.
void add_child_hooks(const HookList& hooks, const char* list, const char* status,
                     const spec::Strings& environment, const spec::Config& config,
                     Builder& builder) {
  if (hooks.empty()) return;
  const OpenState state = state_without_pid(config, status, builder.request);
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    const spec::Hook& hook = hooks[i];
    const spec::Strings arguments = hook.args.empty() ? spec::Strings{hook.path} : hook.args;
    const spec::Strings variables = hook.env.value_or(environment);
    builder.add(RunHook{.path = builder.text(hook.path),
                        .arguments = builder.list(arguments),
                        .variables = builder.list(variables),
                        .state = builder.text(state.text),
                        .pid_place = static_cast<std::uint32_t>(state.pid_place),
                        .timeout = {milliseconds_of(hook.timeout.value_or(0))}},
                pointer_of(list, i));
  }
}

}  // namespace

void compile_host_hooks(const spec::Config& config, Builder& builder) {
  add_host_hooks(config.hooks.prestart, HostHook::Prestart, "prestart", builder);
  add_host_hooks(config.hooks.create_runtime, HostHook::CreateRuntime, "createRuntime", builder);
}

void compile_create_container_hooks(const spec::Config& config, Builder& builder) {
  if (!config.hooks.create_container.empty() && has_joined_namespace(config, "mount")) {
    builder.unsupported("/hooks/createContainer",
                        "cannot run beside a mount namespace that is joined: its files would be "
                        "executed with the rights of berth");
  }
  // The hook is a program of the host, so no variable of the image may mislead its loader or its
  // shell.
  add_child_hooks(config.hooks.create_container, "createContainer", "creating",
                  {spec::kDefaultPath}, config, builder);
}

void compile_start_container_hooks(const spec::Config& config, Builder& builder) {
  if (!config.process) return;  // this container cannot be started
  add_child_hooks(config.hooks.start_container, "startContainer", "created", config.process->env,
                  config, builder);
}

void compile_poststart_hooks(const spec::Config& config, Builder& builder) {
  if (!config.process) return;
  for (std::size_t i = 0; i < config.hooks.poststart.size(); ++i) {
    builder.add(RunPoststartHook{.path = builder.text(config.hooks.poststart[i].path)},
                pointer_of("poststart", i));
  }
}

}  // namespace berth::plan
