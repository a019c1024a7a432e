#include "runtime/linux/files/shared_map.h"

#include <sys/mman.h>
#include <unistd.h>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/memfd.h"

namespace berth::sys {

SharedMap::SharedMap(const std::string& name, std::size_t size)
    : fd_(scratch_file(name)), size_(size), data_(nullptr) {
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) < 0) fail_errno("ftruncate", name);
  data_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (data_ == MAP_FAILED) fail_errno("mmap", name);
}

SharedMap::~SharedMap() {
  (void)::munmap(data_, size_);  // it fails only for addresses that are not mapped
}

}  // namespace berth::sys
