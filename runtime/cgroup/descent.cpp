#include "runtime/cgroup/descent.h"

#include <utility>

#include "runtime/linux/cgroup/cgroup.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"

namespace berth::cgroup {

namespace {

/// A longer path is of no use to a person or to the kernel.
constexpr std::size_t kLongestPath = 4095;

}  // namespace

Descent::Descent(const sys::Dir& top) : top_(top.name) {
  levels_.push_back({.name = {}, .left = {}});
  arrive(std::move(sys::open_dir_at(top, ".").fd));
  levels_.back().left = sys::subdirs_of(here_);
}

bool Descent::next() {
  while (!down()) {
    if (!up()) return false;
  }
  return true;
}

bool Descent::down() {
  while (!levels_.back().left.empty()) {
    std::string name = std::move(levels_.back().left.back());
    levels_.back().left.pop_back();
    auto next = sys::open_dir_at_if_exists(here_, name);
    if (!next) continue;
    levels_.push_back({.name = std::move(name), .left = {}});
    arrive(std::move(next->fd));
    levels_.back().left = sys::subdirs_of(here_);
    return true;
  }
  return false;
}

std::optional<std::string> Descent::up() {
  if (levels_.size() == 1) return std::nullopt;
  std::string name = std::move(levels_.back().name);
  levels_.pop_back();
  // A cgroup cannot be moved to another parent, so this leads to the cgroup that the walk came
  // from, even if the current one was removed meanwhile.
  arrive(std::move(sys::open_dir_at(here_, "..").fd));
  return name;
}

void Descent::arrive(sys::Fd fd) {
  std::string path = top_;
  for (std::size_t i = 1; i < levels_.size() && path.size() <= kLongestPath; ++i) {
    path += "/" + levels_[i].name;
  }
  if (path.size() > kLongestPath) path = top_ + "/.../" + levels_.back().name;
  here_ = {std::move(fd), std::move(path)};
  sys::regain_control(here_);
}

}  // namespace berth::cgroup
