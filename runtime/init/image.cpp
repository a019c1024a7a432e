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

  /// -1: there are no more.
  int next() {
    while (taken_ == luggage_.count) {
      taken_ = luggage_.count = 0;
      if (hear(socket_, luggage_) != Heard::Go || luggage_.count == 0) return -1;
    }
    return luggage_.fds[taken_++];
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

plan::Image* map_image(Init& init, int fd) {
  struct stat status = {};
  if (fd < 0 || fstat(fd, &status) < 0) return nullptr;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < sizeof(plan::Image)) return nullptr;
  auto* image = map<plan::Image>(fd, size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
  close(fd);
  if (image == nullptr || image->magic != plan::Image::kMagic) return nullptr;
  const std::uint64_t steps_size = std::uint64_t{image->step_count} * sizeof(Step);
  const std::uint64_t slots_size = std::uint64_t{image->slot_count} * sizeof(std::int32_t);
  if (sizeof *image + steps_size + slots_size + image->text_size != size) return nullptr;

  auto* at = reinterpret_cast<char*>(image + 1);
  init.steps = reinterpret_cast<const Step*>(at);
  init.step_count = image->step_count;
  init.slots = reinterpret_cast<std::int32_t*>(at + steps_size);
  init.slot_count = image->slot_count;
  init.texts = at + steps_size + slots_size;
  return image;
}

bool map_stamps(Init& init, int fd) {
  if (fd < 0) return false;
  init.stamps = map<plan::Stamp>(fd, init.step_count * sizeof(plan::Stamp), PROT_READ | PROT_WRITE,
                                 MAP_SHARED);
  close(fd);
  return init.stamps != nullptr;
}

bool fill_slots(Init& init, Arrivals& arrivals) {
  for (std::uint32_t slot = 0; slot < init.slot_count; ++slot) {
    if (init.slots[slot] != plan::Image::kComes) continue;
    init.slots[slot] = arrivals.next();
    if (init.slots[slot] < 0) return false;
  }
  return true;
}

}  // namespace

bool receive_image(Init& init, int socket) {
  init.talk = socket;
  Arrivals arrivals(socket);
  const plan::Image* image = map_image(init, arrivals.next());
  if (image == nullptr) return false;
  if (image->has_trace != 0 && !map_stamps(init, arrivals.next())) return false;
  init.shared = map<Shared>(-1, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);
  return init.shared != nullptr && fill_slots(init, arrivals);
}

}  // namespace berth::init
