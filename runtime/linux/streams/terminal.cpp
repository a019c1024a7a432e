#include "runtime/linux/streams/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/streams/pipe.h"

namespace berth::sys {

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::optional<WindowSize> window_size(int terminal) {
  winsize size = {};
  if (::ioctl(terminal, TIOCGWINSZ, &size) == 0) return WindowSize{size.ws_row, size.ws_col};
  if (errno == ENOTTY || errno == EBADF) return std::nullopt;
  fail_errno("ioctl TIOCGWINSZ", std::to_string(terminal));
}

void set_window_size(int terminal, WindowSize size) {
  const winsize wanted = {
      .ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(terminal, TIOCSWINSZ, &wanted) < 0) {
    fail_errno("ioctl TIOCSWINSZ", std::to_string(terminal));
  }
}

RawMode::RawMode(int terminal) : terminal_(terminal) {
  if (::tcgetattr(terminal, &before_) < 0) fail_errno("tcgetattr", std::to_string(terminal));
  termios raw = before_;
  ::cfmakeraw(&raw);
  if (::tcsetattr(terminal, TCSANOW, &raw) < 0) fail_errno("tcsetattr", std::to_string(terminal));
}

RawMode::~RawMode() {
  (void)::tcsetattr(terminal_, TCSANOW, &before_);  // the terminal may have hung up
}

Watch Pump::next() const {
  if (has_ended_) return {};
  const bool has_bytes = begin_ < end_;
  return {.fd = has_bytes ? to_ : from_,
          .direction = has_bytes ? Watch::For::Write : Watch::For::Read};
}

void Pump::run() {
  if (!has_ended_ && begin_ == end_) read();
  if (begin_ < end_ && wait_for(next(), 0)) write();
}

bool Pump::drain(const Fd& interrupt) {
  constexpr int kNoDeadline = -1;
  constexpr std::size_t kMost = std::size_t{256} << 10;
  while (!has_ended_ && (begin_ < end_ || drained_ < kMost)) {
    std::array watches = {next(), Watch{.fd = interrupt.get()}};
    if (!poll_any(watches, begin_ < end_ ? kNoDeadline : 0)) return true;
    if (watches[1].ready && !watches[0].ready) return false;
    if (begin_ < end_) {
      write();
    } else {
      read();
      drained_ += end_;
    }
  }
  return true;
}

void Pump::read() {
  const Transfer transfer = read_some(from_, {bytes_.get(), kSize});
  begin_ = 0;
  end_ = transfer.size;
  has_ended_ = transfer.has_ended;
}

void Pump::write() {
  const Transfer transfer = write_some(to_, {bytes_.get() + begin_, end_ - begin_});
  begin_ += transfer.size;
  has_ended_ = transfer.has_ended;
}

}  // namespace berth::sys
