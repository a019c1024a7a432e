// create, with all that `run` shares of it: from a bundle to a process that waits for start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/compile/request.h"
#include "runtime/container/context.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/program.h"
#include "runtime/linux/signals.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

struct CreateOptions {
  std::string bundle;  ///< absolute
  std::string console_socket;
  std::string pid_file;
  bool no_pivot = false;
  bool no_new_keyring = false;
  std::optional<bool> rootless = {};  ///< nothing: by the caller's privileges; see plan::read_host
  std::uint32_t preserved_fds = 0;    ///< without those of LISTEN_FDS, which request_of adds
};

/// Leaves a container that waits for start, or throws Error and leaves nothing. RT-CREATE-*
void create(Context& context, const std::string& id, const CreateOptions& options);

struct Created {
  store::StateDir dir;  ///< with its lock
  store::Record record;
  sys::ChildProcess init;  ///< ends with this object unless released
  sys::Fd talk;            ///< the connection to init
};

/// What a foreground `run` passes to create.
struct ForegroundOptions {
  sys::Fd console;                     ///< the far end of run's terminal relay
  sys::SignalFd* interrupt = nullptr;  ///< a signal here ends run, and create with it
};

/// Carries out all of create, or throws Error and leaves nothing. `request` comes from request_of,
/// called before anything else is opened: a descriptor to be preserved must be the caller's.
Created create_container(plan::Request request, const std::string& pid_file, Context& context,
                         ForegroundOptions foreground, launch::Trace& trace);

}  // namespace berth::container
