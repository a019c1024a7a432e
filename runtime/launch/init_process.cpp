#include "runtime/launch/init_process.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/launch/init_image.h"
#include "runtime/linux/sealed_program.h"
#include "runtime/linux/signals.h"
#include "runtime/linux/socket.h"
#include "runtime/plan/talk.h"

namespace berth::launch {

namespace {

/// What enters the container never has a path to berth.
sys::Fd make_program() {
  return sys::sealed_program("berth-init", berth_init_image,
                             static_cast<std::size_t>(berth_init_image_end - berth_init_image));
}

sys::SealedProgram start(const sys::Fd& talk, std::uint32_t preserved_fds) {
  std::vector<int> inherited = {talk.get()};
  for (std::uint32_t i = 0; i < preserved_fds; ++i) {
    const int fd = static_cast<int>(3 + i);
    if (sys::is_open(fd)) inherited.push_back(fd);
  }
  return {make_program(), {"berth-init", std::to_string(talk.get())}, inherited};
}

}  // namespace

InitProcess::InitProcess(std::uint32_t preserved_fds)
    : InitProcess(sys::packet_pair(), preserved_fds) {}

InitProcess::InitProcess(std::pair<sys::Fd, sys::Fd> ends, std::uint32_t preserved_fds)
    : talk_(std::move(ends.first)), program_(start(ends.second, preserved_fds)) {}

bool InitProcess::send_image(const sys::Fd& image, const std::vector<int>& others) const {
  const plan::Answer go;
  std::vector<int> fds = {image.get()};
  fds.insert(fds.end(), others.begin(), others.end());
  for (auto first = fds.begin(); first != fds.end();) {
    const auto count = std::min<std::ptrdiff_t>(fds.end() - first, sys::kMostFds);
    if (!sys::send_message(talk_, &go, sizeof go, {first, first + count})) return false;
    first += count;
  }
  return true;
}

}  // namespace berth::launch
