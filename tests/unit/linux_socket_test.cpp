#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/linux/streams/socket.h"
#include "spec/error.h"
#include "tests/unit/temporary_directory.h"

namespace berth::sys {
namespace {

TEST_CASE("a message arrives whole, with its descriptors as close-on-exec copies (SR-14)") {
  const auto [ours, theirs] = packet_pair();
  const Fd file = sealed_memfd("file", "content", 7);
  REQUIRE(send_message(ours, "hello", 5, {file.get(), file.get()}));
  std::array<char, 16> bytes = {};
  const Received received = receive_message(theirs, bytes.data(), bytes.size());
  CHECK(received.size == 5);
  CHECK(std::string(bytes.data()) == "hello");
  REQUIRE(received.fds.size() == 2);
  CHECK(read_all(received.fds[1], "file") == "content");
  CHECK(::fcntl(received.fds[0].get(), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("datagrams arrive one by one from every user, and one that is too long is dropped") {
  const TemporaryDirectory place;
  const Dir dir = open_dir(place.path());
  const Fd socket = receive_datagrams_at(dir, "notify");
  const std::string address = place.path() + "/notify";
  struct stat facts = {};
  REQUIRE(::stat(address.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0777);
  CHECK(!next_datagram(socket));
  CHECK(try_send_datagram(address, "one"));
  CHECK(try_send_datagram(address, "two\n"));
  CHECK(try_send_datagram(address, std::string(4097, 'x')));
  CHECK(try_send_datagram(address, "three"));
  CHECK(next_datagram(socket) == "one");
  CHECK(next_datagram(socket) == "two\n");
  CHECK(!next_datagram(socket));
  CHECK(next_datagram(socket) == "three");
}

TEST_CASE("an abstract socket is addressed by its name after @") {
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string name = "berth-test-" + std::to_string(::getpid());
  name.copy(address.sun_path + 1, name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  CHECK(try_send_datagram("@" + name, "hello"));
  CHECK(next_datagram(socket) == "hello");
  CHECK_FALSE(try_send_datagram("@" + name + "-not", "hello"));
  CHECK_FALSE(try_send_datagram(std::string(200, 'x'), "hello"));
}

TEST_CASE("a message carries as many descriptors as is said") {
  const auto [ours, theirs] = packet_pair();
  const Fd file = sealed_memfd("file", "content", 7);
  REQUIRE(send_message(ours, "x", 1, std::vector<int>(kMostFds, file.get())));
  char byte = 0;
  CHECK(receive_message(theirs, &byte, 1).fds.size() == kMostFds);
}

TEST_CASE("a closed peer is an answer, not an error and not a signal (SR-36)") {
  auto [ours, theirs] = packet_pair();
  REQUIRE(send_message(theirs, "x", 1));
  theirs = {};
  char byte = 0;
  CHECK(receive_message(ours, &byte, 1).size == 1);
  CHECK(receive_message(ours, &byte, 1).size == 0);
  CHECK_FALSE(send_message(ours, "x", 1));
}

TEST_CASE("a peer that closed without reading is reported as closed") {
  auto [ours, theirs] = packet_pair();
  REQUIRE(send_message(ours, "x", 1));
  theirs = {};
  char byte = 0;
  CHECK(receive_message(ours, &byte, 1).size == 0);
}

TEST_CASE("the last message of a peer that closed without reading is received") {
  auto [ours, theirs] = packet_pair();
  REQUIRE(send_message(ours, "x", 1));
  REQUIRE(send_message(theirs, "y", 1));
  theirs = {};
  char byte = 0;
  REQUIRE(receive_message(ours, &byte, 1).size == 1);
  CHECK(byte == 'y');
  CHECK(receive_message(ours, &byte, 1).size == 0);
}

TEST_CASE("the first end of a pair learns who sent a message") {
  const auto [ours, theirs] = packet_pair();
  char byte = 0;
  REQUIRE(send_message(theirs, "x", 1));
  CHECK(receive_message(ours, &byte, 1).sender == ::getpid());
  REQUIRE(send_message(ours, "x", 1));
  CHECK(receive_message(theirs, &byte, 1).sender == 0);
}

TEST_CASE("a message that does not fit is an error") {
  const auto [ours, theirs] = packet_pair();
  REQUIRE(send_message(ours, "hello", 5));
  std::array<char, 4> bytes = {};
  CHECK_THROWS_AS(receive_message(theirs, bytes.data(), bytes.size()), Error);
}

TEST_CASE("a listening socket is reached below a directory with a path of any length") {
  const TemporaryDirectory place;
  const std::string deep = place / std::string(200, 'd');
  make_dirs(deep, 0700);
  const Dir dir = open_dir(deep);
  CHECK_FALSE(connect_at_if_listening(dir, "start"));
  {
    const Fd listener = listen_at(dir, "start");
    const auto client = connect_at_if_listening(dir, "start");
    REQUIRE(client);
    const Fd server(::accept(listener.get(), nullptr, nullptr));
    REQUIRE(send_message(*client, "go", 2));
    std::array<char, 8> bytes = {};
    CHECK(receive_message(server, bytes.data(), bytes.size()).size == 2);
  }
  CHECK_FALSE(connect_at_if_listening(dir, "start"));  // still there, and nobody listens
}

TEST_CASE("a connection is not awaited for ever when nobody accepts") {
  const TemporaryDirectory place;
  const std::string path = place / "busy";
  const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener.get(), 0) == 0);
  const Fd first = connect_stream(path);  // fills the queue
  CHECK_THROWS_WITH(connect_stream(path, 10), Catch::Contains("connect '" + path));
}

TEST_CASE("a stream socket is reached by a path of any length") {
  const TemporaryDirectory place;
  for (const std::size_t length : {10u, 107u, 200u}) {
    const std::string directory = place / std::string(length, 'd');
    make_dirs(directory, 0700);
    const Dir dir = open_dir(directory);
    const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    ("/proc/self/fd/" + std::to_string(dir.fd.get()) + "/socket").copy(address.sun_path, 100);
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener.get(), 1) == 0);
    CHECK(connect_stream(directory + "/socket"));
  }
  CHECK_THROWS_WITH(connect_stream(place / "no"),
                    "connect '" + (place / "no") + "': no such file or directory");
}

}  // namespace
}  // namespace berth::sys
