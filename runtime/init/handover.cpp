// Where init and the host meet, and what is left of the host in us afterwards.
#include <sys/prctl.h>
#include <sys/socket.h>

#include <initializer_list>

#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

namespace {

enum class Heard { Go, Nothing, Other };

/// Nothing: the other side went away without a word.
Heard hear(int socket) {
  plan::Answer answer{.go = 0};
  const ssize_t size = recv(socket, &answer, sizeof answer, 0);
  if (size <= 0) return Heard::Nothing;
  return size == sizeof answer && answer.go == plan::Answer::kGo ? Heard::Go : Heard::Other;
}

/// The lowest descriptor from `from` on that we need later; ~0 for none.
unsigned next_needed(const Init& init, unsigned from) {
  unsigned lowest = ~0U;
  const auto consider = [&](int fd) {
    const auto number = static_cast<unsigned>(fd);
    if (fd >= 0 && number >= from && number < lowest) lowest = number;
  };
  consider(init.talk);
  for (std::uint32_t slot = 0; slot < init.slot_count; ++slot) {
    if (init.is_needed_later(static_cast<std::int32_t>(slot))) consider(init.slots[slot]);
  }
  return lowest;
}

}  // namespace

void synchronize(Init& init, const Step& step) {
  const auto sync = static_cast<plan::Sync>(step.number[0]);
  // The host may end as soon as it has answered. If it ends before, that is an end of file.
  if (sync == plan::Sync::Ready) check(init, sys::set_death_signal(0));
  tell(init, plan::Word::AtSync, static_cast<std::uint32_t>(sync));
  switch (hear(init.talk)) {
    case Heard::Go:
      break;
    case Heard::Nothing:
      _exit(1);
    case Heard::Other:
      report(init, Fault::Protocol, 0);
  }
  if (sync != plan::Sync::Ready) return;
  close(init.talk);
  init.talk = -1;
}

void close_descriptors(Init& init, const Step& step) {
  init.preserved = static_cast<std::uint32_t>(step.number[0]);
  // Ours may have got numbers that the caller left free among those it passes on.
  for (Fd* fd : {&init.root, &init.context, &init.mount, &init.null, &init.proc, &init.sysctls,
                 &init.empty}) {
    fd->reset();
  }
  const unsigned end = 3 + init.preserved;
  for (unsigned fd = 3; fd < end; ++fd) fcntl(static_cast<int>(fd), F_SETFD, 0);
  // Closed, not marked: a working directory of /proc/self/fd/N is to lead nowhere.
  unsigned first = end;
  for (unsigned kept = next_needed(init, first); kept != ~0U; kept = next_needed(init, first)) {
    if (kept > first) check(init, sys::close_range(first, kept - 1, 0));
    first = kept + 1;
  }
  check(init, sys::close_range(first, ~0U, 0));
}

void wait_for_start(Init& init, const Step& step) {
  const int listening = init.slot(step);
  do {
    init.start = check(init, Fd(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC)));
  } while (hear(init.start.get()) != Heard::Go);
  close(listening);
}

void announce_program(Init& init, const Step&) {
  plan::Message message;
  message.word = plan::Word::Executing;
  message.step = init.index;
  // A `start` that was killed after its go has nobody to tell; the program runs all the same.
  (void)send(init.start.get(), &message, sizeof message, MSG_NOSIGNAL);
}

}  // namespace berth::init
