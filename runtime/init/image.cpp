#include "runtime/init/image.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace berth::init {

namespace {

template <class T>
T* map(int fd, std::size_t size, int protection, int flags) {
  void* at = mmap(nullptr, size, protection, flags, fd, 0);
  return at == MAP_FAILED ? nullptr : static_cast<T*>(at);
}

}  // namespace

bool map_image(Init& init, int fd) {
  struct stat status = {};
  if (init.steps != nullptr || fstat(fd, &status) < 0) return false;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < sizeof(plan::Image)) return false;
  auto* image = map<plan::Image>(fd, size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
  close(fd);
  if (image == nullptr || image->magic != plan::Image::kMagic) return false;
  const std::uint64_t steps_size = std::uint64_t{image->step_count} * sizeof(Step);
  const std::uint64_t slots_size = std::uint64_t{image->slot_count} * sizeof(plan::SlotEntry);
  if (sizeof *image + steps_size + slots_size + image->text_size != size) return false;

  auto* at = reinterpret_cast<char*>(image + 1);
  init.steps = reinterpret_cast<const Step*>(at);
  init.step_count = image->step_count;
  init.slots = reinterpret_cast<plan::SlotEntry*>(at + steps_size);
  init.slot_count = image->slot_count;
  init.texts = at + steps_size + slots_size;
  return true;
}

bool map_stamps(Init& init, int fd) {
  if (init.steps == nullptr) return false;
  init.stamps = map<plan::Stamp>(fd, init.step_count * sizeof(plan::Stamp), PROT_READ | PROT_WRITE,
                                 MAP_SHARED);
  close(fd);
  return init.stamps != nullptr;
}

}  // namespace berth::init
