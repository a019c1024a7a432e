// Unix sockets: pairs, sockets at a path (which may be longer than sun_path), and messages that
// carry descriptors. unix(7), SCM_RIGHTS
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// A pair of SOCK_SEQPACKET sockets, which keep message boundaries and report the end of file when
/// the peer closes. The first one receives the sender of each message (Received::sender).
std::pair<Fd, Fd> packet_pair();

/// Listens at dir/entry with a SOCK_SEQPACKET socket.
Fd listen_at(const Dir& dir, const std::string& entry);
/// Whether a process holds a socket open that is bound to this entry. The process does not notice.
bool is_bound_at(const Dir& dir, const std::string& entry);
/// Connects; returns nothing if the socket is missing or has no listener.
std::optional<Fd> connect_at_if_listening(const Dir& dir, const std::string& entry);
/// Connects to a SOCK_STREAM socket at a path of any length. Neither this nor a later send waits
/// longer for a peer that is busy. SO_SNDTIMEO, socket(7)
Fd connect_stream(const std::string& path, int milliseconds = 10'000);

/// A SOCK_DGRAM socket at dir/entry, to which every user may send.
Fd receive_datagrams_at(const Dir& dir, const std::string& entry);
/// The next message, without its descriptors; nothing if there is none now, or it is longer than
/// 4096 bytes.
std::optional<std::string> next_datagram(const Fd& socket);
/// Sends to a SOCK_DGRAM socket: a path that fits into sun_path, or the name of an abstract one
/// after `@`. Returns false if it cannot be reached, or takes no message now.
bool try_send_datagram(const std::string& address, std::string_view message);

/// The most descriptors of one message. The kernel accepts 253 (SCM_MAX_FD); musl's sendmsg(3)
/// accepts control data of 1024 bytes, which is one descriptor less.
constexpr std::size_t kMostFds = 252;

/// Sends one message; returns false if the peer has closed. MSG_NOSIGNAL
bool send_message(const Fd& socket, const void* bytes, std::size_t size,
                  const std::vector<int>& fds = {});

/// The peer cannot send any more; what it has sent can still be received. shutdown(2)
void receive_no_more(const Fd& socket);

struct Received {
  std::size_t size = 0;  ///< 0: the peer has closed
  std::vector<Fd> fds;   ///< close-on-exec
  pid_t sender =
      0;  ///< the pid in berth's pid namespace; 0 if the socket does not pass it. SCM_CREDENTIALS
};
Received receive_message(const Fd& socket, void* bytes, std::size_t capacity);

}  // namespace berth::sys
