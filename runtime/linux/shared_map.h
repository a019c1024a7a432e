// Memory that a child shares with us by a descriptor it inherits.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/linux/fd.h"

namespace berth::sys {

/// Zeroed memory in a memfd, which is not sealed: both sides write. mmap(2) MAP_SHARED
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
