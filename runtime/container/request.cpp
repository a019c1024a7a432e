#include "runtime/container/request.h"

#include <cstdlib>

#include "runtime/container/paths.h"
#include "runtime/linux/process/own_process.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::container {

namespace {

/// A number in berth's environment; 0 if it is absent or not a number.
std::uint32_t variable(const char* name) {
  const char* const text = std::getenv(name);
  std::uint32_t number = 0;
  return text != nullptr && text::read_number(text, number) ? number : 0;
}

/// The number of descriptors for socket activation. sd_listen_fds(3)
std::uint32_t listen_fds() {
  const bool for_us = variable("LISTEN_PID") == static_cast<std::uint32_t>(sys::own_pid());
  return for_us ? variable("LISTEN_FDS") : 0;
}

std::vector<std::uint32_t> closed_ones(std::uint32_t first, std::uint32_t count) {
  std::vector<std::uint32_t> closed;
  for (std::uint32_t fd = first; fd < first + count; ++fd) {
    if (!sys::is_open(static_cast<int>(fd))) closed.push_back(fd);
  }
  return closed;
}

}  // namespace

void complete_request(const std::string& id, plan::Request& request) {
  request.id = id;
  request.bundle = bundle_directory(request.bundle);
  request.listen_fds = listen_fds();
  preserve_descriptors(request);
}

void preserve_descriptors(plan::Request& request) {
  constexpr std::uint32_t kMost = 1u << 16;
  if (request.preserved_fds > kMost || request.listen_fds > kMost) {
    fail(ErrorKind::Config, "more than " + std::to_string(kMost) + " descriptors",
         "--preserve-fds");
  }
  request.preserved_fds += request.listen_fds;
  request.closed_fds = closed_ones(3, request.preserved_fds);
  // Otherwise a file that berth opens from here on could get their numbers, and reach the program.
  sys::reserve_fds(request.closed_fds);
}

}  // namespace berth::container
