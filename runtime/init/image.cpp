// The plan comes with the first answers, after we were started: berth compiles it meanwhile.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/init/handover.h"
#include "runtime/init/state.h"

namespace berth::init {

namespace {

/// One descriptor after the other, over as many answers as it takes.
class Arrivals {
 public:
  explicit Arrivals(int socket) : socket_(socket) {}

  struct Arrival {
    std::int32_t slot;
    int fd;  ///< -1: there are no more
  };

  Arrival next() {
    while (taken_ == luggage_.count) {
      taken_ = luggage_.count = 0;
      if (hear(socket_, luggage_) != Heard::Go || luggage_.count == 0) return {.slot = 0, .fd = -1};
    }
    const Arrival arrival{.slot = luggage_.slots[taken_], .fd = luggage_.fds[taken_]};
    ++taken_;
    return arrival;
  }

 private:
  int socket_;
  Luggage luggage_;
  std::size_t taken_ = 0;
};

template <class T>
T* map(int fd, std::size_t size, int protection, int flags) {
  void* at = mmap(nullptr, size, protection, flags, fd, 0);
  return at == MAP_FAILED ? nullptr : static_cast<T*>(at);
}

plan::Image* map_image(Init& init, Arrivals::Arrival arrival) {
  struct stat status = {};
  const auto [slot, fd] = arrival;
  if (fd < 0 || slot != plan::Answer::kImage || fstat(fd, &status) < 0) return nullptr;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < sizeof(plan::Image)) return nullptr;
  auto* image = map<plan::Image>(fd, size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
  close(fd);
  if (image == nullptr || image->magic != plan::Image::kMagic) return nullptr;
  const std::uint64_t steps_size = std::uint64_t{image->step_count} * sizeof(Step);
  const std::uint64_t slots_size = std::uint64_t{image->slot_count} * sizeof(plan::SlotEntry);
  if (sizeof *image + steps_size + slots_size + image->text_size != size) return nullptr;

  auto* at = reinterpret_cast<char*>(image + 1);
  init.steps = reinterpret_cast<const Step*>(at);
  init.step_count = image->step_count;
  init.slots = reinterpret_cast<plan::SlotEntry*>(at + steps_size);
  init.slot_count = image->slot_count;
  init.texts = at + steps_size + slots_size;
  return image;
}

bool map_stamps(Init& init, int fd) {
  init.stamps = map<plan::Stamp>(fd, init.step_count * sizeof(plan::Stamp), PROT_READ | PROT_WRITE,
                                 MAP_SHARED);
  close(fd);
  return init.stamps != nullptr;
}

bool take(Init& init, Arrivals::Arrival arrival) {
  if (arrival.fd < 0) return false;
  return arrival.slot == plan::Answer::kTrace ? map_stamps(init, arrival.fd)
                                              : fill_slot(init, arrival.slot, arrival.fd);
}

}  // namespace

bool fill_slot(Init& init, std::int32_t slot, int fd) {
  const auto place = static_cast<std::uint32_t>(slot);
  if (slot < 0 || place >= init.slot_count || init.slots[place].fd >= 0) return false;
  init.slots[place].fd = fd;
  return true;
}

bool receive_image(Init& init, int socket) {
  init.talk = socket;
  Arrivals arrivals(socket);
  const plan::Image* image = map_image(init, arrivals.next());
  if (image == nullptr) return false;
  for (std::uint32_t taken = 0; taken < image->fd_count; ++taken) {
    if (!take(init, arrivals.next())) return false;
  }
  init.shared = map<Shared>(-1, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);
  return init.shared != nullptr;
}

}  // namespace berth::init
