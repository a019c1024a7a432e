// What berth and berth-systemd say to each other.
#include <catch2/catch.hpp>
#include <string>

#include "runtime/cgroup/scope.h"
#include "runtime/systemd/request.h"
#include "spec/error.h"

namespace berth::systemd {

TEST_CASE("a request for systemd arrives as it was sent") {
  const Request sent{.verb = kStart,
                     .name = {.unit = "berth-web1.scope", .is_user = true},
                     .pid = "42",
                     .properties = {{"Delegate", "b", {"true"}},
                                    {"DeviceAllow", "a(ss)", {"0"}},
                                    {"Description", "s", {""}}}};
  Request received;
  REQUIRE(decode(encode(sent), received));
  CHECK(received.verb == kStart);
  CHECK(received.name.unit == "berth-web1.scope");
  CHECK(received.name.is_user);
  CHECK(received.pid == "42");
  CHECK(received.properties == sent.properties);
}

TEST_CASE("an answer of berth-systemd arrives as it was sent") {
  for (const Answer& sent : {Answer{}, Answer{.fault = "no", .may_exist = true}}) {
    Answer received;
    REQUIRE(decode(encode(sent), received));
    CHECK(received.fault == sent.fault);
    CHECK(received.may_exist == sent.may_exist);
  }
}

TEST_CASE("bytes that are no request are refused, wherever they end") {
  const std::string bytes =
      encode(Request{.verb = kSet,
                     .name = {.unit = "x.scope"},
                     .properties = {{"DeviceAllow", "a(ss)", {"1", "a", "b"}}}});
  const std::size_t head = encode(Request{.verb = kSet, .name = {.unit = "x.scope"}}).size();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Request request;
    CAPTURE(size);
    CHECK(decode(std::string_view(bytes).substr(0, size), request) == (size == head));
  }
}

TEST_CASE("a count of values that a request cannot have allocates nothing") {
  const std::string count =
      GENERATE(as<std::string>(), "99999999999999999999", "1000000", "-1", "x");
  const std::string bytes = encode(Request{.verb = kSet, .name = {.unit = "x.scope"}}) +
                            std::string("Name\0s\0", 7) + count + std::string("\0v\0", 3);
  Request request;
  CHECK_FALSE(decode(bytes, request));
}

TEST_CASE("without the program berth-systemd an error names the places where it would be") {
  try {
    cgroup::stop_scope({.unit = "x.scope"});
    FAIL("there is a berth-systemd beside the tests");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Unsupported);
    CHECK(error.message().find("tests/berth-systemd'") != std::string::npos);
    CHECK(error.message().find("/libexec/berth/berth-systemd'") != std::string::npos);
  }
}

}  // namespace berth::systemd
