#include "tests/integration/harness/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"

namespace berth::test {

ConsoleSocket::ConsoleSocket(const std::string& path)
    : listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  REQUIRE(listener_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto* name = reinterpret_cast<const sockaddr*>(&address);
  REQUIRE(bind(listener_.get(), name, sizeof address) == 0);
  REQUIRE(listen(listener_.get(), 1) == 0);
}

sys::Fd ConsoleSocket::receive_master() {
  REQUIRE(wait_readable(listener_.get(), Deadline()));
  const sys::Fd connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(connection);
  REQUIRE(wait_readable(connection.get(), Deadline()));
  std::array<char, 4096> text;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
  iovec part{.iov_base = text.data(), .iov_len = text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  REQUIRE(recvmsg(connection.get(), &message, MSG_CMSG_CLOEXEC) > 0);
  REQUIRE((message.msg_flags & MSG_CTRUNC) == 0);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  REQUIRE(header != nullptr);
  REQUIRE(header->cmsg_type == SCM_RIGHTS);
  REQUIRE(header->cmsg_len == CMSG_LEN(sizeof(int)));
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return sys::Fd(descriptor);
}

Terminal::Terminal() : master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  REQUIRE(master);
  REQUIRE(grantpt(master.get()) == 0);
  REQUIRE(unlockpt(master.get()) == 0);
  std::array<char, 64> name{};
  REQUIRE(ptsname_r(master.get(), name.data(), name.size()) == 0);
  terminal = sys::Fd(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(terminal);
}

void Terminal::take() const {
  setsid();
  ioctl(terminal.get(), TIOCSCTTY, 0);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    dup2(terminal.get(), stream);
  }
}

void Terminal::type(const std::string& text) const {
  REQUIRE(write(master.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

void Terminal::resize(unsigned short rows, unsigned short columns) const {
  winsize size{};
  size.ws_row = rows;
  size.ws_col = columns;
  REQUIRE(ioctl(master.get(), TIOCSWINSZ, &size) == 0);
}

termios Terminal::settings() const {
  termios settings{};
  REQUIRE(tcgetattr(terminal.get(), &settings) == 0);
  return settings;
}

std::string read_until(const sys::Fd& master, const std::string& text) {
  const Deadline deadline;
  std::string seen;
  while (!contains(seen, text)) {
    INFO("waiting for '" << text << "', read so far: " << seen);
    REQUIRE(wait_readable(master.get(), deadline));
    std::array<char, 1024> buffer;
    const ssize_t size = read(master.get(), buffer.data(), buffer.size());
    REQUIRE(size > 0);
    for (ssize_t i = 0; i < size; ++i) {
      const char c = buffer[static_cast<std::size_t>(i)];
      if (c != '\r') seen += c;
    }
  }
  return seen;
}

}  // namespace berth::test
