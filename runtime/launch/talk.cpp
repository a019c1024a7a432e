#include "runtime/launch/talk.h"

#include <algorithm>

#include "runtime/linux/streams/poll.h"
#include "runtime/linux/streams/socket.h"
#include "spec/error.h"

namespace berth::launch {

static_assert(plan::Answer::kMostFds <= sys::kMostFds);

std::optional<Received> Talk::receive(Awaited awaited, const std::string& step) {
  const int patience = awaited == Awaited::Hooks ? -1 : kPatience;
  if (!sys::wait_readable(socket_, interrupt_, patience)) {
    fail(ErrorKind::System,
         "nothing was received from the container's first process for " +
             std::to_string(kPatience / 1000) + " s, before its step '" + step + "'",
         {}, "has another process stopped it, or is its cgroup frozen?");
  }
  Received received;
  sys::Received raw = sys::receive_message(socket_, &received.message, sizeof received.message);
  if (raw.size == 0) return std::nullopt;
  if (raw.size != sizeof received.message) fail(ErrorKind::Bug, "init sent half a message");
  received.fds = std::move(raw.fds);
  received.sender = raw.sender;
  return received;
}

bool Talk::has_more() const { return sys::wait_for({.fd = socket_.get()}, 0); }

void Talk::refuse_more() const { sys::receive_no_more(socket_); }

bool Talk::answer(const std::vector<SlotFd>& fds) {
  const SlotFd* first = fds.data();
  std::size_t left = fds.size();
  for (; left > plan::Answer::kMostFds; left -= plan::Answer::kMostFds) {
    if (!send(plan::Answer::kMore, first, plan::Answer::kMostFds)) return false;
    first += plan::Answer::kMostFds;
  }
  return send(plan::Answer::kGo, first, left);
}

bool Talk::send(std::uint32_t word, const SlotFd* fds, std::size_t count) {
  plan::Answer answer;
  answer.word = word;
  std::vector<int> numbers;
  numbers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    answer.slots[i] = fds[i].slot;
    numbers.push_back(fds[i].fd);
  }
  return sys::send_message(socket_, &answer, plan::Answer::size_with(count), numbers);
}

}  // namespace berth::launch
