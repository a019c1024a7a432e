// create, with all that `run` shares of it: from a bundle to a process that waits for start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/compile/request.h"
#include "runtime/container/context.h"
#include "runtime/container/foreground.h"
#include "runtime/container/notifications.h"
#include "runtime/launch/trace.h"
#include "runtime/linux/process/program.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// What the command line says; complete_request() adds the rest.
struct CreateOptions : plan::Request {
  std::string pid_file;      ///< empty: none
  std::string pidfd_socket;  ///< empty: none
};

/// Leaves a container that waits for start, or throws Error and leaves nothing. RT-CREATE-*
void create(Context& context, const std::string& id, CreateOptions options);

struct Created {
  store::StateDir dir;  ///< with its lock
  store::Record record;
  sys::ChildProcess init;  ///< ends with this object unless released
  sys::Fd talk;            ///< the connection to init
  std::optional<Notifications> notifications;
};

/// Carries out all of create, or throws Error and leaves nothing. The options were completed.
Created create_container(CreateOptions options, Context& context, ForegroundOptions foreground,
                         launch::Trace& trace);

}  // namespace berth::container
