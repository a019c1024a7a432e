#include "runtime/container/signal_name.h"

#include <catch2/catch.hpp>
#include <csignal>

#include "spec/error.h"

namespace berth::container {
namespace {

TEST_CASE("signals by name in every usual form, and by number (RT-KILL-3)") {
  for (const auto& [text, number] : std::vector<std::pair<std::string, int>>{
           {"TERM", SIGTERM},
           {"SIGTERM", SIGTERM},
           {"sigterm", SIGTERM},
           {"Kill", SIGKILL},
           {"CLD", SIGCHLD},
           {"IOT", SIGABRT},
           {"SIGSYS", SIGSYS},
           {"9", 9},
           {"28", SIGWINCH},
           {"64", 64},
           {"RTMIN", 34},
           {"RTMIN+0", 34},
           {"SIGRTMIN+3", 37},
           {"rtmin+30", 64},
           {"RTMAX", 64},
           {"RTMAX-1", 63},
           {"RTMAX-30", 34},
       }) {
    CAPTURE(text);
    CHECK(parse_signal(text) == number);
  }
}

TEST_CASE("0 is accepted, which only checks for the process, and has no name") {
  CHECK(parse_signal("0") == 0);
}

TEST_CASE("a text that is not a signal is refused") {
  for (const char* const text : {"",         "-0",         "65",       "-9",
                                 "+9",       "9x",         "0x9",      "99999999999999999999",
                                 "SIG",      "SIGSIGTERM", "NONE",     " TERM",
                                 "TERM ",    "RTMIN-1",    "RTMIN+31", "RTMIN+",
                                 "RTMIN+-1", "RTMAX+1",    "RTMAX-31", "RTMIN3",
                                 "EXIT"}) {
    CAPTURE(text);
    try {
      const int number = parse_signal(text);
      FAIL_CHECK("taken for " << number);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::Config);
      CHECK(error.origin() == "signal");
    }
  }
}

}  // namespace
}  // namespace berth::container
