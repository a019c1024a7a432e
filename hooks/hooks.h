// Runs OCI hooks on the host: prestart, createRuntime, poststart, poststop. berth-init runs the
// hooks inside the container. config.md, "POSIX-platform Hooks"
#pragma once

#include <string>
#include <vector>

#include "runtime/linux/process/signals.h"
#include "spec/config/config.h"

namespace berth::hooks {

/// Runs one hook. Its argv is `args`, or the path alone if that is empty; its environment is `env`,
/// or PATH alone if that is absent. It reads the state document on stdin, which it may ignore. Its
/// working directory is the bundle, or "/" if the bundle was removed. It leads a session and a
/// process group, has no descriptors but stdio, and default and unblocked signals. berth kills the
/// group after `timeout` seconds, or when a signal at `interrupt` (which may be null) ends berth,
/// which is a State error. A hook that cannot be run, fails or times out is a System error with the
/// origin `pointer`; the message has the hook's path and the end of its output. HK-*
void run(const spec::Hook& hook, const std::string& pointer, const std::string& state,
         const std::string& bundle, sys::SignalFd* interrupt = nullptr);

}  // namespace berth::hooks
