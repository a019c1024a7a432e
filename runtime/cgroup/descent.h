// A way through a cgroup and all those below it that costs the same however deep they are: it goes
// down by name and up by `..`, and holds one descriptor. A container that may write to its cgroups
// can nest them by the thousand, under names that together are longer than any path may be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"

namespace berth::cgroup {

/// Each cgroup below `top` is entered once; what appears or goes meanwhile may be missed.
class Descent {
 public:
  explicit Descent(const sys::Dir& top);

  /// To the next cgroup, each before those below it; false: all were entered.
  bool next();

  /// Where it is; at first the top. Its name is for errors, and shortened where it is too long.
  const sys::Dir& here() const { return here_; }

  /// Into the next cgroup right below that was not entered yet; false: there is none.
  bool down();
  /// Back to the parent: the name of the one that it comes from; nothing at the top.
  std::optional<std::string> up();

 private:
  struct Level {
    std::string name;
    std::vector<std::string> left;  ///< those below that were not entered yet
  };

  void arrive(sys::Fd fd);

  std::string top_;
  sys::Dir here_;
  std::vector<Level> levels_;  ///< from the top to where it is
};

}  // namespace berth::cgroup
