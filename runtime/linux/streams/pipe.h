// Reads and writes of pipes and terminals, whose other end may be slow or closed.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Returns the reading end, which is non-blocking, and the writing end, which blocks. pipe(2)
std::pair<Fd, Fd> make_pipe();

/// For a pty master or a socket that only berth uses. Standard streams keep their flags, because
/// berth shares them with its caller.
void set_nonblocking(int fd);

struct Transfer {
  std::size_t size = 0;    ///< 0 without has_ended: the call would block
  bool has_ended = false;  ///< the other end is closed, which a pty master reports as EIO
};
/// One read(2) or write(2). Failures other than EAGAIN and the end of the stream are SystemErrors.
Transfer read_some(int fd, std::span<char> buffer);
Transfer write_some(int fd, std::string_view bytes);

}  // namespace berth::sys
