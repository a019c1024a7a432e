// berth's end of the talk with init (plan/talk.h), for create, run and start: receives, answers,
// and limits how long berth waits. Knows no step and no process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"
#include "runtime/linux/process/signals.h"
#include "runtime/plan/talk.h"

namespace berth::launch {

struct Received {
  plan::Message message;
  std::vector<sys::Fd> fds;
  pid_t sender = 0;  ///< 0: the connection does not give it
};

/// A descriptor that is sent to init, which puts it into this slot. The caller keeps its own.
struct SlotFd {
  std::int32_t slot;
  int fd;
};

/// Whether init runs hooks before it answers: these have no time limit here.
enum class Awaited { Steps, Hooks };

class Talk {
 public:
  /// How long init may take from one sync point to the next, without hooks. This is enough for a
  /// copy of any directory on a busy machine. An init that takes longer has been stopped, by
  /// another process in its pid namespace or by a frozen cgroup, and would keep berth waiting
  /// forever.
  static constexpr int kPatience = 120'000;  // milliseconds

  /// A signal at `interrupt`, which may be null, ends every wait until keep_signals().
  Talk(sys::Fd socket, sys::SignalFd* interrupt)
      : socket_(std::move(socket)), interrupt_(interrupt) {}

  /// The next message, even one that says Failed; nothing if the other end has closed. `step` names
  /// the step that init is at, for the error if nothing comes.
  std::optional<Received> receive(Awaited awaited, const std::string& step);
  /// Whether a message, or the end, can be received at once.
  bool has_more() const;
  /// Whoever still has the other end cannot send any more. Messages that were sent can be received.
  void refuse_more() const;

  /// From now on no signal ends a wait: each waits for who reads the signals next.
  void keep_signals() { interrupt_ = nullptr; }

  /// Sends Go. False if init has ended: its earlier messages can still be received.
  bool answer(const std::vector<SlotFd>& fds = {});

  /// Another object continues the talk.
  sys::Fd take_socket() { return std::move(socket_); }

 private:
  bool send(std::uint32_t word, const SlotFd* fds, std::size_t count);

  sys::Fd socket_;
  sys::SignalFd* interrupt_;
};

}  // namespace berth::launch
