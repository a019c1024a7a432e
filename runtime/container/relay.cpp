#include "runtime/container/relay.h"

#include <utility>

#include "runtime/linux/socket.h"

namespace berth::container {

namespace {

constexpr int kInput = 0;
constexpr int kOutput = 1;

}  // namespace

Relay::Relay(const sys::Fd& console) {
  if (!console) return;
  std::array<char, 256> name = {};
  sys::Received received = sys::receive_message(console, name.data(), name.size());
  if (received.fds.empty()) return;  // a container without a terminal: the far end was just closed
  master_ = std::move(received.fds.front());
  resize();
  if (sys::is_terminal(kInput)) raw_.emplace(kInput);
}

void Relay::resize() {
  if (const auto size = sys::window_size(kInput)) sys::set_window_size(master_, *size);
}

void Relay::pump_input() {
  if (sys::copy_available(kInput, master_.get()) == sys::Copied::Ended) input_open_ = false;
}

void Relay::pump_output() {
  if (sys::copy_available(master_.get(), kOutput) == sys::Copied::Ended) master_ = {};
}

void Relay::drain_output() {
  while (master_ && sys::is_readable(master_)) pump_output();
}

}  // namespace berth::container
