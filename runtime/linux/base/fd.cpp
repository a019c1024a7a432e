#include "runtime/linux/base/fd.h"

#include <unistd.h>

namespace berth::sys {

Fd::~Fd() {
  if (number_ >= 0) (void)::close(number_);  // an Fd cannot act on a failing close
}

}  // namespace berth::sys
