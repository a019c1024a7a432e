#include "runtime/container/relay.h"

#include <array>
#include <utility>

#include "runtime/linux/streams/pipe.h"
#include "runtime/linux/streams/socket.h"

namespace berth::container {

namespace {

constexpr int kInput = 0;
constexpr int kOutput = 1;

}  // namespace

Relay::Relay(const sys::Fd& console) {
  if (!console) return;
  std::array<char, 256> name = {};
  sys::Received received = sys::receive_message(console, name.data(), name.size());
  if (received.fds.empty()) return;  // init ended before it made the terminal
  master_ = std::move(received.fds.front());
  sys::set_nonblocking(master_.get());
  input_.emplace(kInput, master_.get());
  output_.emplace(master_.get(), kOutput);
  resize();
  if (sys::is_terminal(kInput)) raw_.emplace(kInput);
}

sys::Watch Relay::next_input() const { return input_ ? input_->next() : sys::Watch{}; }

sys::Watch Relay::next_output() const { return output_ ? output_->next() : sys::Watch{}; }

void Relay::run_input() {
  constexpr char kEndOfFile[] = {4};  // VEOF, unless the program has set another
  input_->run();
  if (!input_->has_ended() || is_input_over_) return;
  is_input_over_ = true;
  if (master_)
    (void)sys::write_some(master_.get(), {kEndOfFile, 1});  // full: the program has enough to read
}

void Relay::run_output() {
  output_->run();
  if (!output_->has_ended()) return;
  input_.reset();
  output_.reset();
  master_ = {};
}

void Relay::drain(sys::SignalFd& interrupt) {
  while (output_ && !output_->drain(interrupt.fd())) {
    if (sys::read_ending_signal(interrupt)) return;
  }
}

void Relay::resize() const {
  if (!master_) return;
  if (const auto size = sys::window_size(kInput)) sys::set_window_size(master_.get(), *size);
}

}  // namespace berth::container
