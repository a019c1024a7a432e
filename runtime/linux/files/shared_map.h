// Memory that berth shares with a child through an inherited descriptor.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::sys {

/// Zeroed memory in an unsealed memfd, which both processes write. mmap(2) MAP_SHARED
class SharedMap {
 public:
  SharedMap(const std::string& name, std::size_t size);
  SharedMap(const SharedMap&) = delete;
  SharedMap& operator=(const SharedMap&) = delete;
  ~SharedMap();

  const Fd& fd() const { return fd_; }
  void* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  Fd fd_;
  std::size_t size_;
  void* data_;
};

}  // namespace berth::sys
