// Walks through a cgroup and all cgroups below it, at a cost per cgroup that does not depend on
// depth: it goes down by name and up by `..`, and holds one descriptor. A container that may write
// to its cgroups can nest thousands of them, whose names together are longer than any path may be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::cgroup {

/// Enters each cgroup below `top` once; it may miss cgroups that are made or removed meanwhile.
class Descent {
 public:
  explicit Descent(const sys::Dir& top);

  /// Goes to the next cgroup, a parent before its children; false if all were entered.
  bool next();

  /// The current cgroup; at first `top`. Its name is for errors, and shortened if it is too long.
  const sys::Dir& here() const { return here_; }

  /// Goes to the next child that was not entered yet; false if there is none.
  bool down();
  /// Goes back to the parent and returns the name of the cgroup that it left; nothing at the top.
  std::optional<std::string> up();

 private:
  struct Level {
    std::string name;
    std::vector<std::string> left;  ///< children that were not entered yet
  };

  void arrive(sys::Fd fd);

  std::string top_;
  sys::Dir here_;
  std::vector<Level> levels_;  ///< from the top to the current cgroup
};

}  // namespace berth::cgroup
