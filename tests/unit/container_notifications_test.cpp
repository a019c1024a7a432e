#include <catch2/catch.hpp>

#include <cstdlib>

#include "runtime/container/notifications.h"

namespace berth::container {
namespace {

TEST_CASE("READY comes with the pid of the program as its manager sees it") {
  CHECK(message_for_manager("READY=1", 7) == "MAINPID=7\nREADY=1\n");
  CHECK(message_for_manager("STATUS=up\nREADY=1\n", 7) == "STATUS=up\nMAINPID=7\nREADY=1\n");
  CHECK(message_for_manager("READY=0\n", 7) == "READY=0\n");
}

TEST_CASE("the manager gets no pid of the container, and nothing about descriptors") {
  CHECK(message_for_manager("MAINPID=1\nREADY=1", 7) == "MAINPID=7\nREADY=1\n");
  CHECK(message_for_manager("FDSTORE=1\nFDNAME=x\nSTOPPING=1", 7) == "STOPPING=1\n");
  CHECK(message_for_manager("BARRIER=1", 7).empty());
  CHECK(message_for_manager("\n", 7).empty());
}

TEST_CASE("a program that its engine gave a NOTIFY_SOCKET gets none from berth") {
  spec::Config config;
  ::setenv("NOTIFY_SOCKET", "/m", 1);
  CHECK(notify_address(config) == std::nullopt);  // there is no program
  config.process.emplace();
  CHECK(notify_address(config) == "/m");
  config.process->env = {"NOTIFY_SOCKET=/run/notify/notify.sock"};
  CHECK(notify_address(config) == std::nullopt);
  config.process->env = {"NOTIFY_SOCKETS=1"};
  CHECK(notify_address(config) == "/m");
  ::setenv("NOTIFY_SOCKET", "", 1);
  CHECK(notify_address(config) == std::nullopt);
  ::unsetenv("NOTIFY_SOCKET");
  CHECK(notify_address(config) == std::nullopt);
}

}  // namespace
}  // namespace berth::container
