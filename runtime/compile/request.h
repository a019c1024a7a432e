// What the caller of create asked for beside config.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::plan {

struct Request {
  std::string id;
  std::string bundle;           ///< absolute
  std::string console_socket;   ///< path; empty: none was given
  bool relay_terminal = false;  ///< `run` in the foreground is the terminal's other end
  bool plain_lines = false;     ///< and does not write to a terminal itself
  bool start_at_once = false;   ///< `run`: nobody is going to call start
  bool no_pivot = false;
  bool no_new_keyring = false;
  /// Text of the image's /etc/passwd, for HOME; nothing when HOME is not wanted.
  std::optional<std::string> passwd = {};
  std::string passwd_error = {};               ///< why that is empty, if it could not be read
  std::optional<bool> rootless = {};           ///< for read_host
  std::uint32_t preserved_fds = 0;             ///< descriptors 3 … 3 + N - 1 reach the program
  std::vector<std::uint32_t> closed_fds = {};  ///< but these, in order, that the caller had closed
  std::uint32_t listen_fds = 0;                ///< so many of them are systemd's; sd_listen_fds(3)
};

}  // namespace berth::plan
