// A process that does nothing but keep new namespaces alive, for containers that join them.
#pragma once

#include <sys/types.h>

#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::test {

class Holder {
 public:
  /// New namespaces by CLONE_NEW* flags. Its ids 0 … 65535 of a new user namespace are the host's
  /// from 100000.
  explicit Holder(int clone_flags);
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder();

  pid_t pid() const { return pid_; }
  /// `/proc/PID/ns/NAME`
  std::string path(const std::string& name) const;

 private:
  pid_t pid_ = -1;
  sys::Fd leash_;  ///< it ends when this is closed
};

}  // namespace berth::test
