// berth-init before it has a plan: executing it takes as long as compiling one, on another
// processor.
#pragma once

#include <cstdint>
#include <utility>

#include "runtime/linux/fd.h"
#include "runtime/linux/program.h"

namespace berth::launch {

/// Waits for its image. Gone with this object.
class InitProcess {
 public:
  /// It inherits stdio and descriptors 3 to 3 + preserved_fds - 1.
  explicit InitProcess(std::uint32_t preserved_fds);

  /// berth's end of the talk with it, once.
  sys::Fd take_talk() { return std::move(talk_); }

  pid_t pid() const { return program_.pid(); }
  const sys::Pidfd& handle() const { return program_.handle(); }

  /// Its status; SystemError when it could not be executed.
  int reap() { return program_.reap(); }

 private:
  InitProcess(std::pair<sys::Fd, sys::Fd> ends, std::uint32_t preserved_fds);

  sys::Fd talk_;
  sys::SealedProgram program_;
};

}  // namespace berth::launch
