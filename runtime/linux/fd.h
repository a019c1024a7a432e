// Handles: a file descriptor that is closed by its owner, and a directory that remembers the name
// a person would use for it, so that errors say `rootfs/etc`, never `/proc/self/fd/14`.
#pragma once

#include <string>
#include <utility>

namespace berth::sys {

/// Owns one descriptor, or none. Every Fd of berth is close-on-exec from birth.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();

  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// A directory (O_PATH is enough for it) and its name.
struct Dir {
  Fd fd;
  std::string name;

  std::string path_of(const std::string& entry) const { return name + "/" + entry; }
};

}  // namespace berth::sys
