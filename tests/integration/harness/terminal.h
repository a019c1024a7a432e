// Terminals, from the outside: the socket that `create --console-socket` sends a master to, and a
// terminal that a person would sit at.
#pragma once

#include <termios.h>

#include <string>

#include "runtime/linux/base/fd.h"

namespace berth::test {

/// Listens at a path.
class ConsoleSocket {
 public:
  explicit ConsoleSocket(const std::string& path);
  /// Takes one connection and the one descriptor that comes with its message.
  sys::Fd receive_master();

 private:
  sys::Fd listener_;
};

/// A pair; `terminal` is the end for programs.
struct Terminal {
  Terminal();

  sys::Fd master, terminal;

  /// The calling process gets a session with this as controlling terminal and on stdio.
  void take() const;
  void type(const std::string& text) const;
  void resize(unsigned short rows, unsigned short columns) const;
  termios settings() const;
};

/// Reads a master until the text comes; all that was read so far, with `\r\n` as `\n`. Fails the
/// test at the deadline and at the end of file.
std::string read_until(const sys::Fd& master, const std::string& text);

}  // namespace berth::test
