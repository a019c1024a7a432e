// berth-init before it has a plan: executing it takes as long as compiling one, on another
// processor.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/program.h"

namespace berth::launch {

/// A descriptor on its way to init, and where it belongs: a slot, or a constant of plan::Answer.
struct Delivery {
  std::int32_t slot;
  int fd;
};

/// Waits for its image (send_image). Gone with this object.
class InitProcess {
 public:
  /// It inherits stdio and descriptors 3 to 3 + preserved_fds - 1.
  explicit InitProcess(std::uint32_t preserved_fds);

  sys::Fd& talk() { return talk_; }

  /// Both: false when it has ended.
  bool send_image(const sys::Fd& image, const std::vector<Delivery>& others) const;
  bool send(std::span<const Delivery> deliveries) const;

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
