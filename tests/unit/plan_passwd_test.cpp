#include <catch2/catch.hpp>

#include <string>

#include "runtime/compile/process/passwd.h"

namespace berth::plan {
namespace {

TEST_CASE("the home directory is that of the first line with the uid") {
  const std::string passwd =
      "root:x:0:0:root:/root:/bin/sh\n"
      "1000:x:7:7::/named-like-a-number:/bin/sh\n"
      "user:x:1000:1000:A User:/home/user:/bin/sh\n"
      "again:x:1000:1000::/home/again:/bin/sh\n"
      "last:x:5:5::/home/last";
  CHECK(home_directory(passwd, 0) == "/root");
  CHECK(home_directory(passwd, 1000) == "/home/user");
  CHECK(home_directory(passwd, 5) == "/home/last");
  CHECK(home_directory(passwd, 6) == "/");
}

TEST_CASE("whatever an image has for a passwd file, the home directory is absolute") {
  using namespace std::string_literals;
  for (const std::string& passwd :
       {""s, "\n\n"s, ":"s, "::0"s, "a:b:0:0:c:relative:d"s, "a:b:0:0:c"s, "a:b: 0:0:c:/x:d"s,
        "a:b:00000000000000000:0::/z\0:"s, "a:b:4294967296:0::/x:y"s, "a:b:-1:0::/x:y"s}) {
    CHECK(home_directory(passwd, 0) == "/");
  }
}

}  // namespace
}  // namespace berth::plan
