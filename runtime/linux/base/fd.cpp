#include "runtime/linux/base/fd.h"

#include <unistd.h>

namespace berth::sys {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) (void)::close(number_);  // an Fd cannot act on a failing close
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Fd::~Fd() {
  if (number_ >= 0) (void)::close(number_);  // an Fd cannot act on a failing close
}

}  // namespace berth::sys
