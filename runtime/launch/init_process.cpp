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

static_assert(plan::kMostFds == sys::kMostFds);

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

bool InitProcess::send_image(const sys::Fd& image, const std::vector<Delivery>& others) const {
  std::vector<Delivery> all = {{plan::Answer::kImage, image.get()}};
  all.insert(all.end(), others.begin(), others.end());
  for (std::size_t first = 0; first < all.size(); first += plan::kMostFds) {
    const std::size_t count = std::min(all.size() - first, plan::kMostFds);
    if (!send(std::span(all).subspan(first, count))) return false;
  }
  return true;
}

bool InitProcess::send(std::span<const Delivery> deliveries) const {
  plan::Answer go;
  std::vector<int> fds;
  for (const Delivery& delivery : deliveries) {
    go.slots[go.count++] = delivery.slot;
    fds.push_back(delivery.fd);
  }
  return sys::send_message(talk_, &go, sizeof go, fds);
}

}  // namespace berth::launch
