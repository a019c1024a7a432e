// Unix sockets: pairs, named ones (also where the path is longer than sun_path), and messages that
// carry descriptors. unix(7), SCM_RIGHTS
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// SOCK_SEQPACKET: a message a datagram, and end of file when the peer is gone. The first end
/// learns who sent each message to it (Received::sender).
std::pair<Fd, Fd> packet_pair();

/// SOCK_SEQPACKET listening at dir/entry.
Fd listen_at(const Dir& dir, const std::string& entry);
/// Whether a socket is bound there that a process still holds open. That process is not disturbed.
bool is_bound_at(const Dir& dir, const std::string& entry);
/// Nothing when nobody listens there (missing, refused).
std::optional<Fd> connect_at_if_listening(const Dir& dir, const std::string& entry);
/// Connects to a SOCK_STREAM socket by its path, of any length.
Fd connect_stream(const std::string& path);

/// No message carries more: the kernel would take one more (SCM_MAX_FD), musl's sendmsg(3) takes
/// 1024 bytes with their header.
constexpr std::size_t kMostFds = 252;

/// Sends one message; false when the peer has closed. MSG_NOSIGNAL.
bool send_message(const Fd& socket, const void* bytes, std::size_t size,
                  const std::vector<int>& fds = {});

struct Received {
  std::size_t size = 0;  ///< 0: the peer has closed
  std::vector<Fd> fds;   ///< close-on-exec
  pid_t sender = 0;      ///< a process as we see it; 0: this socket does not say. SCM_CREDENTIALS
};
Received receive_message(const Fd& socket, void* bytes, std::size_t capacity);

}  // namespace berth::sys
