// Starts berth-init. For create that is before it has a plan: executing it takes as long as
// compiling the plan, and happens on another processor meanwhile. So does the kernel's work for new
// namespaces that the config asks for in any case.
#pragma once

#include <cstdint>
#include <utility>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/program.h"

namespace berth::launch {

/// A berth-init that waits for its image. It ends with this object.
class InitProcess {
 public:
  /// It inherits stdio and descriptors 3 to 3 + preserved_fds - 1. Before its image comes it makes
  /// `early` (CLONE_NEW*) of the namespaces of the plan's Clone, if the kernel lets it.
  /// It is born in the v2 cgroup whose directory is open as `cgroup`, unless that is -1.
  InitProcess(std::uint32_t preserved_fds, std::uint64_t early, int cgroup = -1);

  /// berth's end of the talk with it; it can be taken once.
  sys::Fd take_talk() { return std::move(talk_); }

  /// The file that it and its children execute, until one of them executes the program.
  const sys::FileIdentity& file() const { return file_; }

  pid_t pid() const { return program_.pid(); }
  const sys::Pidfd& handle() const { return program_.handle(); }

  /// Returns its status; SystemError if it could not be executed.
  int reap() { return program_.reap(); }
  /// The process becomes the caller's: see sys::SealedProgram.
  sys::ChildProcess take_process() { return program_.take_process(); }

 private:
  InitProcess(const sys::Fd& program, std::pair<sys::Fd, sys::Fd> ends, std::uint32_t preserved_fds,
              std::uint64_t early, int cgroup);

  sys::Fd talk_;
  sys::FileIdentity file_;
  sys::SealedProgram program_;
};

}  // namespace berth::launch
