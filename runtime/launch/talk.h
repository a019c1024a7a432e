// berth's end of the talk with init (plan/talk.h), for create, run and start: what is received,
// what is answered, and how long berth waits. Knows no step and no process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/linux/signals.h"
#include "runtime/plan/talk.h"

namespace berth::launch {

struct Received {
  plan::Message message;
  std::vector<sys::Fd> fds;
  pid_t sender = 0;  ///< 0: the connection does not say
};

/// A descriptor that goes to init, which puts it into this slot. The caller keeps its own.
struct SlotFd {
  std::int32_t slot;
  int fd;
};

/// Whether init runs hooks before it answers: those take as long as they take.
enum class Awaited { Steps, Hooks };

class Talk {
 public:
  /// How long init may take from one sync point to the next, hooks aside. Long enough for a copy of
  /// any directory on a busy machine; what takes longer has been stopped, by a neighbour in its pid
  /// namespace or a frozen cgroup, and would keep berth waiting for ever.
  static constexpr int kPatience = 120'000;  // milliseconds

  /// A signal at `interrupt`, which may be null, ends every wait.
  Talk(sys::Fd socket, sys::SignalFd* interrupt)
      : socket_(std::move(socket)), interrupt_(interrupt) {}

  /// The next message, also one that says Failed; nothing when the other end has closed. `step`
  /// names what init is doing, for the error when nothing comes.
  std::optional<Received> receive(Awaited awaited, const std::string& step);
  /// Whether a message, or the end, can be received at once.
  bool has_more() const;

  /// Go. False when init has ended: what it has said before can still be received.
  bool answer(const std::vector<SlotFd>& fds = {});

  /// The talk goes on elsewhere.
  sys::Fd take_socket() { return std::move(socket_); }

 private:
  bool send(std::uint32_t word, const SlotFd* fds, std::size_t count);

  sys::Fd socket_;
  sys::SignalFd* interrupt_;
};

}  // namespace berth::launch
