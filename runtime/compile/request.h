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
  bool relay_terminal = false;  ///< `run` in the foreground holds the terminal's other end
  bool plain_lines = false;     ///< the output of that `run` is not a terminal
  bool start_at_once = false;   ///< `run` also starts the program; `berth start` is not called
  bool makes_directory = true;  ///< a missing working directory; exec enters one that exists
  bool no_pivot = false;
  bool no_new_keyring = false;
  /// Text of the image's /etc/passwd, for HOME; nothing when HOME is not wanted.
  std::optional<std::string> passwd = {};
  std::string passwd_error = {};               ///< why `passwd` is empty, if it could not be read
  std::optional<bool> rootless = {};           ///< for read_host
  bool no_cgroups = false;                     ///< for read_host
  std::string systemd_flag = {};               ///< for read_host
  bool makes_empty_namespace = false;          ///< for read_host
  std::uint32_t preserved_fds = 0;             ///< descriptors 3 … 3 + N - 1 reach the program
  std::vector<std::uint32_t> closed_fds = {};  ///< except these, in order: the caller closed them
  std::uint32_t listen_fds = 0;  ///< number of those that come from systemd; sd_listen_fds(3)
};

}  // namespace berth::plan
