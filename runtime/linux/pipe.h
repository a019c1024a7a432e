// Bytes through pipes and terminals, whose other side may be slow or gone.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Reading end, which never blocks, and writing end, which does. pipe(2)
std::pair<Fd, Fd> make_pipe();

/// For a pty master or a socket that is ours alone. Not for stdio, whose flags we share with
/// whoever started us.
void set_nonblocking(int fd);

struct Transfer {
  std::size_t size = 0;    ///< 0 and not ended: nothing can be moved now
  bool has_ended = false;  ///< the other side is closed; a pty master says it with EIO
};
/// One read(2) or write(2). Other failures than "not now" and "ended" are SystemError.
Transfer read_some(int fd, std::span<char> buffer);
Transfer write_some(int fd, std::string_view bytes);

}  // namespace berth::sys
