// Programs that run at points of a container's life: config.md. See config.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/config/forms.h"
#include "spec/config/strings.h"

namespace berth::spec {

struct Hook {
  std::string path;
  Strings args;                         ///< empty: argv is the path alone
  std::optional<Strings> env;           ///< absent and empty differ: see hooks/hooks.h
  std::optional<std::int64_t> timeout;  ///< seconds, > 0
};

void describe(auto& v, Hook& hook) {
  v.required("path", hook.path, kAbsolutePath);
  v.optional("args", hook.args);
  v.optional("env", hook.env, kVariable);
  v.optional("timeout", hook.timeout, kPositive);
}

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;

  /// Whether one of them has to run between the mounts and the new root.
  bool any_in_create() const {
    return !prestart.empty() || !create_runtime.empty() || !create_container.empty();
  }
};

void describe(auto& v, Hooks& hooks) {
  v.optional("prestart", hooks.prestart);
  v.optional("createRuntime", hooks.create_runtime);
  v.optional("createContainer", hooks.create_container);
  v.optional("startContainer", hooks.start_container);
  v.optional("poststart", hooks.poststart);
  v.optional("poststop", hooks.poststop);
}

}  // namespace berth::spec
