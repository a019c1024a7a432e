// What berth asks of berth-systemd, and the answer: one message each, on a SOCK_SEQPACKET socket.
// Compiled into both programs, which have different C libraries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/scope.h"

namespace berth::systemd {

/// A message that is longer is refused by berth.
inline constexpr std::size_t kLongest = std::size_t{96} << 10;

/// The descriptor of the socket in berth-systemd.
inline constexpr int kSocket = 0;

/// What to do with the unit.
inline constexpr char kStart[] = "start";  ///< start it as a scope with `pid` in it
inline constexpr char kSet[] = "set";      ///< set the properties of the running unit
inline constexpr char kStop[] = "stop";    ///< end it; there may be no such unit

struct Request {
  std::string verb;
  plan::ScopeName name;
  std::string pid = {};  ///< for kStart
  std::vector<plan::UnitProperty> properties = {};
};

struct Answer {
  std::string fault = {};  ///< what failed; empty: nothing did
  bool may_exist = false;  ///< after a failed kStart: whether systemd may still have the unit
};

/// Each text ends in a NUL.
std::string encode(const Request& request);
std::string encode(const Answer& answer);
/// False if the bytes are not such a message.
bool decode(std::string_view bytes, Request& request);
bool decode(std::string_view bytes, Answer& answer);

}  // namespace berth::systemd
