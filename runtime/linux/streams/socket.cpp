#include "runtime/linux/streams/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "runtime/linux/base/retry.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"

namespace berth::sys {

namespace {

/// A control buffer for the descriptors of one message.
struct Control {
  alignas(cmsghdr)
      std::array<char, CMSG_SPACE(kMostFds * sizeof(int)) + CMSG_SPACE(sizeof(ucred))> bytes;
};

bool fits(const std::string& path) { return path.size() < sizeof sockaddr_un{}.sun_path; }

sockaddr_un address_of(const std::string& path) {
  assert(fits(path));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  return address;
}

/// The path of the socket's directory through its descriptor fits into sun_path.
std::string short_path(const Fd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

Fd make_socket(int type) {
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!socket) fail_errno("socket", "AF_UNIX");
  return socket;
}

bool try_connect(const Fd& socket, const std::string& path) {
  const sockaddr_un address = address_of(path);
  return retry_on_eintr([&] {
           return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                            sizeof address);
         }) == 0;
}

void bind_at(const Fd& socket, const Dir& dir, const std::string& entry) {
  const sockaddr_un address = address_of(short_path(dir.fd) + "/" + entry);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    fail_errno("bind", dir.path_of(entry));
  }
}

void take_fds(const cmsghdr* part, std::vector<Fd>& fds) {
  const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < count; ++i) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
    fds.emplace_back(number);
  }
}

void unpack(msghdr& message, Received& received) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET) continue;
    if (part->cmsg_type == SCM_RIGHTS) take_fds(part, received.fds);
    if (part->cmsg_type != SCM_CREDENTIALS) continue;
    ucred credentials = {};
    std::memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
    received.sender = credentials.pid;
  }
}

}  // namespace

std::pair<Fd, Fd> packet_pair() {
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) < 0) {
    fail_errno("socketpair", "SOCK_SEQPACKET");
  }
  std::pair<Fd, Fd> pair(ends[0], ends[1]);
  const int on = 1;
  if (::setsockopt(pair.first.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) {
    fail_errno("setsockopt", "SO_PASSCRED");
  }
  return pair;
}

Fd listen_at(const Dir& dir, const std::string& entry) {
  constexpr int kBacklog = 16;
  Fd socket = make_socket(SOCK_SEQPACKET);
  bind_at(socket, dir, entry);
  if (::listen(socket.get(), kBacklog) < 0) fail_errno("listen", dir.path_of(entry));
  return socket;
}

bool is_bound_at(const Dir& dir, const std::string& entry) {
  // The kernel looks up the socket before it compares the types, so a connection is never made.
  const Fd socket = make_socket(SOCK_DGRAM);
  if (try_connect(socket, short_path(dir.fd) + "/" + entry)) return true;
  if (errno == EPROTOTYPE) return true;
  if (errno == ENOENT || errno == ECONNREFUSED) return false;
  fail_errno("connect", dir.path_of(entry));
}

std::optional<Fd> connect_at_if_listening(const Dir& dir, const std::string& entry) {
  Fd socket = make_socket(SOCK_SEQPACKET);
  if (try_connect(socket, short_path(dir.fd) + "/" + entry)) return socket;
  if (errno == ENOENT || errno == ECONNREFUSED) return std::nullopt;
  fail_errno("connect", dir.path_of(entry));
}

Fd connect_stream(const std::string& path, int milliseconds) {
  Fd socket = make_socket(SOCK_STREAM);
  const timeval patience = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000L};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0) {
    fail_errno("setsockopt", "SO_SNDTIMEO");
  }
  Fd place;
  if (!fits(path)) place = open(path, O_PATH);
  if (!try_connect(socket, place ? short_path(place) : path)) fail_errno("connect", path);
  return socket;
}

Fd receive_datagrams_at(const Dir& dir, const std::string& entry) {
  constexpr mode_t kEveryone = 0777;
  Fd socket = make_socket(SOCK_DGRAM);
  bind_at(socket, dir, entry);
  // The umask has taken the right to send from all but the owner.
  if (::fchmodat(dir.fd.get(), entry.c_str(), kEveryone, 0) < 0) {
    fail_errno("fchmodat", dir.path_of(entry));
  }
  return socket;
}

std::optional<std::string> next_datagram(const Fd& socket) {
  std::array<char, 4096> bytes;
  const ssize_t size = retry_on_eintr(
      [&] { return ::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_TRUNC); });
  if (size < 0 && errno != EAGAIN) fail_errno("recv", "socket " + std::to_string(socket.get()));
  if (size < 0 || static_cast<std::size_t>(size) > bytes.size()) return std::nullopt;
  return std::string(bytes.data(), static_cast<std::size_t>(size));
}

bool try_send_datagram(const std::string& address, std::string_view message) {
  if (!fits(address)) return false;
  const Fd socket = make_socket(SOCK_DGRAM);
  sockaddr_un place = address_of(address);
  std::size_t size = sizeof place;
  if (address.starts_with('@')) {
    place.sun_path[0] = '\0';
    size = offsetof(sockaddr_un, sun_path) + address.size();
  }
  return retry_on_eintr([&] {
           return ::sendto(socket.get(), message.data(), message.size(),
                           MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&place),
                           static_cast<socklen_t>(size));
         }) >= 0;
}

void receive_no_more(const Fd& socket) {
  if (::shutdown(socket.get(), SHUT_RD) < 0) fail_errno("shutdown", "AF_UNIX");
}

bool send_message(const Fd& socket, const void* bytes, std::size_t size,
                  const std::vector<int>& fds) {
  assert(fds.size() <= kMostFds);
  iovec payload = {.iov_base = const_cast<void*>(bytes), .iov_len = size};
  msghdr message = {};
  message.msg_iov = &payload;
  message.msg_iovlen = 1;
  Control control;
  if (!fds.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = static_cast<socklen_t>(CMSG_SPACE(fds.size() * sizeof(int)));
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = static_cast<socklen_t>(CMSG_LEN(fds.size() * sizeof(int)));
    std::memcpy(CMSG_DATA(part), fds.data(), fds.size() * sizeof(int));
  }
  const ssize_t count =
      retry_on_eintr([&] { return ::sendmsg(socket.get(), &message, MSG_NOSIGNAL); });
  if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
  if (count < 0) fail_errno("sendmsg", "socket " + std::to_string(socket.get()));
  if (static_cast<std::size_t>(count) != size) {
    fail(ErrorKind::System,
         "a socket took only " + std::to_string(count) + " of " + std::to_string(size) + " bytes");
  }
  return true;
}

Received receive_message(const Fd& socket, void* bytes, std::size_t capacity) {
  iovec payload = {.iov_base = bytes, .iov_len = capacity};
  Control control;
  msghdr message = {};
  message.msg_iov = &payload;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ssize_t count = 0;
  while ((count = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC)) < 0) {
    // ECONNRESET means that the peer closed with unread messages. The kernel reports it once,
    // before it delivers what the peer had sent.
    if (errno != EINTR && errno != ECONNRESET)
      fail_errno("recvmsg", "socket " + std::to_string(socket.get()));
  }
  Received received{.size = static_cast<std::size_t>(count), .fds = {}};
  unpack(message, received);
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    fail(ErrorKind::System, "a message is longer than " + std::to_string(capacity) +
                                " bytes or has too many descriptors");
  }
  return received;
}

}  // namespace berth::sys
