// OCI hooks that run on the host's side: prestart, createRuntime, poststart, poststop. Those inside
// the container are steps of berth-init. config.md, "POSIX-platform Hooks"
#pragma once

#include <string>
#include <vector>

#include "runtime/linux/signals.h"
#include "spec/config.h"

namespace berth::hooks {

/// Runs one hook: argv as given (the path alone when there are no args), the state document on
/// stdin (a hook that does not read it is no error), its own env, or PATH alone when the config has
/// none; working directory the bundle, or "/" when the bundle was removed; session and process
/// group of its own; no descriptor beyond stdio. Signals are unblocked and default. After `timeout`
/// seconds the whole group is killed. Throws (System, origin `pointer`) when it cannot be run,
/// fails or times out; the message names the path and quotes the last output (bounded). hooks: HK-*
/// A signal at `interrupt` (may be null) that ends berth kills the group as well: State error.
void run(const spec::Hook& hook, const std::string& pointer, const std::string& state,
         const std::string& bundle, sys::SignalFd* interrupt = nullptr);

}  // namespace berth::hooks
