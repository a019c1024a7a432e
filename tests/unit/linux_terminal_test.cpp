#include <catch2/catch.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/linux/files/file.h"
#include "runtime/linux/streams/pipe.h"
#include "runtime/linux/streams/terminal.h"

namespace berth::sys {
namespace {

struct Pty {
  Fd master, slave;
};

Pty make_pty() {
  Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(::grantpt(master.get()) == 0);
  REQUIRE(::unlockpt(master.get()) == 0);
  Fd slave = open(::ptsname(master.get()), O_RDWR | O_NOCTTY);
  return {std::move(master), std::move(slave)};
}

TEST_CASE("a terminal has a size, other files have none") {
  const Pty pty = make_pty();
  set_window_size(pty.master.get(), {.rows = 24, .columns = 80});
  const auto size = window_size(pty.slave.get());
  REQUIRE(size);
  CHECK(size->rows == 24);
  CHECK(size->columns == 80);
  CHECK(is_terminal(pty.slave.get()));
  const auto [reading, writing] = make_pipe();
  CHECK_FALSE(window_size(reading.get()));
  CHECK_FALSE(is_terminal(reading.get()));
}

TEST_CASE("a raw terminal is as before afterwards") {
  const Pty pty = make_pty();
  termios before = {}, raw = {}, after = {};
  REQUIRE(::tcgetattr(pty.slave.get(), &before) == 0);
  {
    const RawMode mode(pty.slave.get());
    REQUIRE(::tcgetattr(pty.slave.get(), &raw) == 0);
  }
  REQUIRE(::tcgetattr(pty.slave.get(), &after) == 0);
  CHECK((raw.c_lflag & static_cast<tcflag_t>(ICANON | ECHO | ISIG)) == 0);
  CHECK(after.c_lflag == before.c_lflag);
  CHECK(after.c_iflag == before.c_iflag);
  CHECK(after.c_oflag == before.c_oflag);
}

TEST_CASE("a pty master ends when the other side is closed") {
  Pty pty = make_pty();
  std::array<char, 16> bytes = {};
  REQUIRE(::write(pty.slave.get(), "bye", 3) == 3);
  pty.slave = {};
  CHECK(read_some(pty.master.get(), bytes).size == 3);
  const Transfer end = read_some(pty.master.get(), bytes);
  CHECK(end.size == 0);
  CHECK(end.has_ended);
}

TEST_CASE("an empty pipe has nothing now, and a closed one has ended") {
  auto [reading, writing] = make_pipe();
  std::array<char, 16> bytes = {};
  const Transfer nothing = read_some(reading.get(), bytes);
  CHECK(nothing.size == 0);
  CHECK_FALSE(nothing.has_ended);
  writing = {};
  CHECK(read_some(reading.get(), bytes).has_ended);
}

TEST_CASE("a pump waits for the side that does not read, and loses nothing") {
  auto [source, into_source] = make_pipe();
  auto [sink, into_sink] = make_pipe();
  set_nonblocking(into_sink.get());
  while (write_some(into_sink.get(), std::string(4096, '.')).size > 0) {
  }
  Pump pump(source.get(), into_sink.get());
  CHECK(pump.next().fd == source.get());
  REQUIRE(write_some(into_source.get(), "hello").size == 5);
  pump.run();
  CHECK(pump.next().fd == into_sink.get());
  CHECK(pump.next().direction == Watch::For::Write);
  std::array<char, 4096> bytes = {};
  while (read_some(sink.get(), bytes).size > 0) {
  }
  pump.run();
  CHECK(pump.next().fd == source.get());
  REQUIRE(read_some(sink.get(), bytes).size == 5);
  CHECK(std::string(bytes.data(), 5) == "hello");
}

TEST_CASE("a pump drains what is there, and ends with its source") {
  auto [source, into_source] = make_pipe();
  auto [sink, into_sink] = make_pipe();
  const auto [quiet, into_quiet] = make_pipe();
  Pump pump(source.get(), into_sink.get());
  const std::string bytes(30'000, 'x');
  REQUIRE(write_some(into_source.get(), bytes).size == bytes.size());
  CHECK(pump.drain(quiet));
  CHECK_FALSE(pump.has_ended());
  into_source = {};
  CHECK(pump.drain(quiet));
  CHECK(pump.has_ended());
  CHECK(pump.next().fd == -1);
  into_sink = {};
  CHECK(read_all(sink, "sink") == bytes);
}

TEST_CASE("a drain whose output nobody reads can be interrupted, one without end ends") {
  const auto [interrupt, into_interrupt] = make_pipe();
  const Fd zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC)), null(::open("/dev/null", O_WRONLY));
  Pump endless(zero.get(), null.get());
  CHECK(endless.drain(interrupt));
  CHECK_FALSE(endless.has_ended());
  const auto [sink, into_sink] = make_pipe();
  const std::string bytes(static_cast<std::size_t>(::fcntl(sink.get(), F_GETPIPE_SZ)), 'x');
  REQUIRE(write_some(into_sink.get(), bytes).size == bytes.size());  // it is full
  REQUIRE(write_some(into_interrupt.get(), {"x", 1}).size == 1);
  Pump stuck(zero.get(), into_sink.get());
  stuck.run();
  CHECK_FALSE(stuck.drain(interrupt));
}

TEST_CASE("waiting ends with what is ready or at the deadline") {
  const auto [reading, writing] = make_pipe();
  std::array watches = {Watch{.fd = reading.get()}, Watch{},
                        Watch{.fd = writing.get(), .direction = Watch::For::Write}};
  CHECK(poll_any(watches, -1));
  CHECK_FALSE(watches[0].ready);
  CHECK_FALSE(watches[1].ready);
  CHECK(watches[2].ready);
  CHECK_FALSE(poll_any(std::span(watches).first(2), 1));
}

}  // namespace
}  // namespace berth::sys
