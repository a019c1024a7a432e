// Fd owns a file descriptor. Dir is a directory that remembers the path a user knows it by, so that
// errors name `rootfs/etc` and never `/proc/self/fd/14`.
#pragma once

#include <string>
#include <utility>

namespace berth::sys {

/// Owns one descriptor, or none. Every function of berth opens its descriptors close-on-exec.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Fd();

  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Another descriptor of the same open file. fcntl(2), F_DUPFD_CLOEXEC
Fd duplicate(const Fd& fd);

/// A directory, for which O_PATH is enough, and its path.
struct Dir {
  Fd fd;
  std::string name;

  std::string path_of(const std::string& entry) const { return name + "/" + entry; }
};

}  // namespace berth::sys
