#include "tests/integration/harness/agent.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>

namespace berth::test {

std::optional<seccomp_notif> Listener::next() const {
  pollfd watch{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  REQUIRE(poll(&watch, 1, 0) >= 0);
  if ((watch.revents & POLLIN) == 0) return std::nullopt;
  // Larger than the headers know: a newer kernel may write more.
  union {
    seccomp_notif call;
    std::array<char, 512> room;
  } request;
  request.room = {};
  // The program may have been killed meanwhile.
  if (ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_RECV, &request.call) < 0) return std::nullopt;
  return request.call;
}

void Listener::send(const seccomp_notif_resp& answer) const {
  union {
    seccomp_notif_resp answer;
    std::array<char, 512> room;
  } reply;
  reply.room = {};
  reply.answer = answer;
  if (ioctl(fd_.get(), SECCOMP_IOCTL_NOTIF_SEND, &reply.answer) < 0) CHECK(errno == ENOENT);
}

void Listener::let_pass(const seccomp_notif& call) const {
  send({.id = call.id, .val = 0, .error = 0, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
}

void Listener::answer(const seccomp_notif& call, int error) const {
  send({.id = call.id, .val = 0, .error = error, .flags = 0});
}

Outcome Listener::serve(Child& program, int number, int error) const {
  const bool ended = eventually([&] {
    while (const auto call = next()) {
      call->data.nr == number ? answer(*call, error) : let_pass(*call);
    }
    return program.exits_within(std::chrono::microseconds(0));
  });
  CHECK(ended);
  return program.wait();
}

Agent::Agent(const std::string& path) : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  REQUIRE(socket_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(socket_.get(), 4) == 0);
}

Agent::Delivery Agent::receive() const {
  REQUIRE(wait_readable(socket_.get(), Deadline()));
  const sys::Fd connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(connection);
  Delivery delivery;
  for (bool is_first = true;; is_first = false) {
    REQUIRE(wait_readable(connection.get(), Deadline()));
    std::array<char, 4096> text;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(16 * sizeof(int))> control;
    iovec part{.iov_base = text.data(), .iov_len = text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = recvmsg(connection.get(), &message, MSG_CMSG_CLOEXEC);
    REQUIRE(size >= 0);
    if (size == 0) return delivery;
    delivery.state.append(text.data(), static_cast<std::size_t>(size));
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr) continue;
    CHECK(is_first);
    REQUIRE(header->cmsg_type == SCM_RIGHTS);
    for (std::size_t at = 0; at < header->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header) + at, sizeof descriptor);
      delivery.fds.emplace_back(descriptor);
    }
  }
}

}  // namespace berth::test
