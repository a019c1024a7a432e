// Where init and the host meet, and what is left of the host in us afterwards.
#include "runtime/init/handover.h"

#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <initializer_list>
#include <utility>

#include "runtime/init/sys.h"

namespace berth::init {

namespace {

constexpr unsigned kFirst = 3, kLast = INT_MAX;  ///< descriptors beyond stdio

/// The descriptors; as many as the answer says. False: it says otherwise.
bool unpack(msghdr& message, const plan::Answer& answer, Luggage& luggage) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    luggage.count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(luggage.fds, CMSG_DATA(header), luggage.count * sizeof(int));
  }
  memcpy(luggage.slots, answer.slots, luggage.count * sizeof(std::int32_t));
  return luggage.count == answer.count;
}

/// The lowest descriptor from `from` on that we need later; ~0 for none.
unsigned next_needed(const Init& init, unsigned from) {
  unsigned lowest = ~0U;
  const auto consider = [&](int fd) {
    const auto number = static_cast<unsigned>(fd);
    if (fd >= 0 && number >= from && number < lowest) lowest = number;
  };
  consider(init.talk);
  consider(init.start.get());
  for (std::uint32_t slot = 0; slot < init.slot_count; ++slot) {
    if (init.is_needed_later(slot)) consider(init.slots[slot].fd);
  }
  return lowest;
}

/// Closed, not marked: a path through /proc/self/fd/N is to lead nowhere.
void close_between(const Init& init, unsigned first, unsigned last) {
  while (first <= last) {
    const unsigned kept = next_needed(init, first);
    if (kept > last) return (void)check(init, sys::close_range(first, last, 0));
    if (kept > first) check(init, sys::close_range(first, kept - 1, 0));
    first = kept + 1;
  }
}

}  // namespace

Heard hear(int socket, Luggage& luggage) {
  plan::Answer answer{.go = 0};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof luggage.fds)];
  iovec part = {&answer, sizeof answer};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = sys::persist([&] { return recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  if (size < 0) return Heard::Failed;
  if (size == 0) return Heard::Nothing;
  if ((message.msg_flags & MSG_CTRUNC) != 0) return Heard::Other;  // some did not fit among ours
  const bool is_whole = unpack(message, answer, luggage) && size == sizeof answer;
  return is_whole && answer.go == plan::Answer::kGo ? Heard::Go : Heard::Other;
}

void run(Init& init, const plan::Synchronize& step) {
  const plan::Sync sync = step.sync;
  // The host may end as soon as it has answered. If it ends before, that is an end of file.
  if (sync == plan::Sync::Ready) check(init, sys::set_death_signal(0));
  if (step.opens_proc) check(init, sys::set_dumpable());
  // The answer to Cgroups comes unasked.
  if (sync != plan::Sync::Cgroups) {
    tell(init, plan::Word::AtSync, static_cast<std::uint32_t>(sync));
  }
  Luggage luggage;
  switch (hear(init.talk, luggage)) {
    case Heard::Go:
      break;
    case Heard::Nothing:
      _exit(1);
    case Heard::Failed:
      report(init, Fault::SystemCall, errno);
    case Heard::Other:
      report(init, Fault::Protocol, 0);
  }
  if (step.opens_proc) check(init, sys::set_not_dumpable());
  for (std::size_t i = 0; i < luggage.count; ++i) {
    if (!fill_slot(init, luggage.slots[i], luggage.fds[i])) report(init, Fault::Protocol, 0);
  }
}

void run(Init& init, const plan::CloseDescriptors& step) {
  for (Fd* fd : {&init.root, &init.context, &init.mount, &init.null, &init.proc, &init.root_place,
                 &init.destination, &init.empty}) {
    fd->reset();
  }
  const unsigned end = kFirst + step.passed_on;
  const std::uint32_t* hole = init.numbers(step.closed);
  const std::uint32_t* const last_hole = hole + step.closed.count;
  for (unsigned fd = kFirst; fd < end; ++fd) {
    if (hole != last_hole && *hole == fd) {
      close_between(init, fd, fd);
      ++hole;
    } else {
      fcntl(static_cast<int>(fd), F_SETFD, 0);
    }
  }
  close_between(init, end, kLast);
}

void run(Init& init, const plan::WaitForStart& step) {
  init.start = Fd(std::exchange(init.talk, -1));
  const int listening = init.fd(step.socket);
  if (listening < 0) return;
  Luggage none;
  do {
    // Whoever is at the other end of the last one, that created the container or was not heard,
    // sees its end: init waits for the next.
    init.start.reset();
    init.start = check(
        init, Fd(sys::persist([&] { return accept4(listening, nullptr, nullptr, SOCK_CLOEXEC); })));
  } while (hear(init.start.get(), none) != Heard::Go);
  close(listening);
}

void run(Init& init, const plan::AnnounceProgram&) {
  const plan::Message message = message_of(init, plan::Word::Executing);
  // A `start` that was killed after its go has nobody to tell; the program runs all the same.
  (void)send(init.start.get(), &message, sizeof message, MSG_NOSIGNAL);
}

}  // namespace berth::init
