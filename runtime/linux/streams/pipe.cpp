#include "runtime/linux/streams/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "runtime/linux/base/system_error.h"

namespace berth::sys {

namespace {

/// The result of a read or write that transferred no bytes.
Transfer nothing_moved(const char* call, int fd) {
  if (errno == EAGAIN || errno == EINTR) return {};
  if (errno == EIO || errno == EPIPE || errno == ECONNRESET) return {.has_ended = true};
  fail_errno(call, "descriptor " + std::to_string(fd));
}

}  // namespace

std::pair<Fd, Fd> make_pipe() {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) fail_errno("pipe2", "O_CLOEXEC");
  std::pair<Fd, Fd> pipe(ends[0], ends[1]);
  set_nonblocking(pipe.first.get());
  return pipe;
}

void set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    fail_errno("fcntl F_SETFL", "descriptor " + std::to_string(fd));
  }
}

Transfer read_some(int fd, std::span<char> buffer) {
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0) return nothing_moved("read", fd);
  return {.size = static_cast<std::size_t>(count), .has_ended = count == 0};
}

Transfer write_some(int fd, std::string_view bytes) {
  const ssize_t count = ::write(fd, bytes.data(), bytes.size());
  if (count < 0) return nothing_moved("write", fd);
  return {.size = static_cast<std::size_t>(count)};
}

}  // namespace berth::sys
