// Synchronizes init with the host, and afterwards closes what init still has of the host.
#include "runtime/init/handover.h"

#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <initializer_list>
#include <utility>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/image.h"

namespace berth::init {

namespace {

constexpr unsigned kFirst = 3, kLast = INT_MAX;  ///< descriptors beyond stdio

/// One message, and the descriptors that came with it.
struct Delivery {
  plan::Answer answer;
  int fds[plan::Answer::kMostFds + 1];  // the kernel lets one more pass
  std::size_t count = 0;
};

void unpack(msghdr& message, Delivery& delivery) {
  delivery.count = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    delivery.count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(delivery.fds, CMSG_DATA(header), delivery.count * sizeof(int));
  }
}

/// Waits for one message.
Reply receive(int socket, Delivery& delivery) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof delivery.fds)];
  iovec part = {&delivery.answer, sizeof delivery.answer};
  msghdr message = sys::message_with(part, control, sizeof control);
  const ssize_t size =
      sys::retry_transient([&] { return recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  if (size < 0) return Reply::Failed;
  if (size == 0) return Reply::Closed;
  if ((message.msg_flags & MSG_CTRUNC) != 0) return Reply::Other;  // not all descriptors fit
  unpack(message, delivery);
  if (static_cast<std::size_t>(size) != plan::Answer::size_with(delivery.count)) {
    return Reply::Other;
  }
  if (delivery.answer.word == plan::Answer::kGo) return Reply::Go;
  return delivery.answer.word == plan::Answer::kMore ? Reply::More : Reply::Other;
}

/// False: there is no such slot, or it has its descriptor already.
bool fill_slot(Init& init, std::int32_t slot, int fd) {
  if (slot == plan::Answer::kImage) return map_image(init, fd);
  if (slot == plan::Answer::kTrace) return map_stamps(init, fd);
  const auto index = static_cast<std::uint32_t>(slot);
  if (slot < 0 || index >= init.slot_count || init.slots[index].fd >= 0) return false;
  init.slots[index].fd = fd;
  return true;
}

/// The lowest descriptor from `from` on that init needs later; ~0 if there is none.
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

/// Closes them instead of marking them: a path through /proc/self/fd/N must lead nowhere.
void close_between(const Init& init, unsigned first, unsigned last) {
  while (first <= last) {
    const unsigned kept = next_needed(init, first);
    if (kept > last) return (void)check(init, sys::close_range(first, last, 0));
    if (kept > first) check(init, sys::close_range(first, kept - 1, 0));
    first = kept + 1;
  }
}

/// Sends AtSync to the host. If the host has closed the talk, init ends.
void announce(const Init& init, plan::Sync sync) {
  const plan::Message message =
      message_of(init, plan::Word::AtSync, static_cast<std::uint32_t>(sync));
  const auto sent =
      sys::retry_transient([&] { return send(init.talk, &message, sizeof message, MSG_NOSIGNAL); });
  if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) leave(1);
  if (sent < 0) report(init, Fault::SystemCall, errno);  // a filter may let write(2) pass
}

}  // namespace

Reply receive_answer(Init& init, int socket) {
  Delivery delivery;
  Reply reply = Reply::More;
  while (reply == Reply::More) {
    reply = receive(socket, delivery);
    if (reply != Reply::Go && reply != Reply::More) return reply;
    for (std::size_t i = 0; i < delivery.count; ++i) {
      if (!fill_slot(init, delivery.answer.slots[i], delivery.fds[i])) return Reply::Other;
    }
  }
  return reply;
}

void run(Init& init, const plan::Synchronize& step) {
  init.dev.reset();  // a hook may unmount or cover it
  const plan::Sync sync = step.sync;
  // The host may end as soon as it has answered. If it ends before, init reads an end of file.
  if (sync == plan::Sync::Ready) check(init, sys::set_death_signal(0));
  if (step.opens_proc) check(init, sys::set_dumpable());
  // The host sends the answer to Cgroups unasked.
  if (sync != plan::Sync::Cgroups) announce(init, sync);
  switch (receive_answer(init, init.talk)) {
    case Reply::Go:
      break;
    case Reply::Closed:
      leave(1);
    case Reply::Failed:
      report(init, Fault::SystemCall, errno);
    case Reply::More:
    case Reply::Other:
      report(init, Fault::Protocol, 0);
  }
  if (step.opens_proc) check(init, sys::set_not_dumpable());
}

void run(Init& init, const plan::CloseDescriptors& step) {
  for (Fd* fd : {&init.root, &init.context, &init.mount, &init.null, &init.dev, &init.proc,
                 &init.root_place, &init.destination, &init.empty}) {
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

void run(Init& init, const plan::OutliveBerth&) {
  check(init, sys::set_death_signal(0));
  // If berth ended while a change of credentials had reset the signal, the talk has ended, too.
  char byte = 0;
  if (recv(init.talk, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) == 0) leave(1);
}

void run(Init& init, const plan::WaitForStart& step) {
  init.start = Fd(std::exchange(init.talk, -1));
  const int listening = init.fd(step.socket);
  if (listening < 0) return;
  do {
    // The last connection is the one to the process that created the container, or to a `start`
    // that did not send Go. The process at its other end sees that it ends; init waits for the
    // next.
    init.start.reset();
    init.start = check(init, Fd(sys::retry_transient([&] {
                         return accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
                       })));
  } while (!receive_go(init.start.get()));
  close(listening);
}

void run(Init& init, const plan::AnnounceProgram&) {
  const plan::Message message = message_of(init, plan::Word::Executing);
  // A `start` that was killed after its go cannot receive this; the program runs all the same.
  (void)send(init.start.get(), &message, sizeof message, MSG_NOSIGNAL);
}

}  // namespace berth::init
