// What berth-systemd throws, and reports to berth.
#pragma once

#include <cstring>
#include <string>
#include <utility>

namespace berth::systemd {

struct Failure {
  std::string text;
};

/// Throws if a function of libsystemd has returned an error, which is a negative errno.
inline void check(int result, const std::string& what) {
  if (result < 0) throw Failure{what + ": " + std::strerror(-result)};
}

}  // namespace berth::systemd
