#include "runtime/container/notifications.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "runtime/linux/streams/socket.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::container {

namespace {

constexpr char kVariable[] = "NOTIFY_SOCKET";
constexpr char kEntry[] = "notify";
constexpr char kInContainer[] = "/run/notify/notify.sock";

bool has_own_socket(const spec::Strings& variables) {
  return std::ranges::any_of(variables, [](const std::string& variable) {
    return variable.starts_with(std::string(kVariable) + "=");
  });
}

/// A pid of the container is another process for the manager, and berth passes no descriptors on.
bool is_for_manager(std::string_view line) {
  constexpr std::string_view kOwn[] = {
      "MAINPID=", "MAINPIDFD", "BARRIER=", "FDSTORE", "FDNAME=", "FDPOLL="};
  return std::ranges::none_of(kOwn,
                              [&](std::string_view begin) { return line.starts_with(begin); });
}

}  // namespace

std::optional<std::string> notify_address(const spec::Config& config) {
  const char* const address = std::getenv(kVariable);
  if (address == nullptr || *address == '\0') return std::nullopt;
  if (!config.process || has_own_socket(config.process->env)) return std::nullopt;
  return address;
}

void refuse_notifications() {
  fail(ErrorKind::Unsupported,
       "is in the environment, but only a run in the foreground passes the program's messages on",
       kVariable, "unset it");
}

void add_notifications(const std::string& state_dir, spec::Config& config) {
  config.mounts.push_back({.destination = kInContainer,
                           .type = "bind",
                           .source = state_dir + "/" + kEntry,
                           .options = {"bind", "nosuid", "nodev", "noexec", "ro"}});
  config.process->env.push_back(std::string(kVariable) + "=" + kInContainer);
}

std::string message_for_manager(std::string_view message, pid_t program) {
  std::string text;
  for (const std::string_view line : text::split(message, '\n')) {
    if (line.empty() || !is_for_manager(line)) continue;
    if (line == "READY=1") text += "MAINPID=" + std::to_string(program) + "\n";
    text.append(line).append("\n");
  }
  return text;
}

Notifications::Notifications(std::string address, const sys::Dir& state_dir, Context& context)
    : address_(std::move(address)),
      socket_(sys::receive_datagrams_at(state_dir, kEntry)),
      context_(&context) {}

void Notifications::pass_on(pid_t program) {
  while (const auto message = sys::next_datagram(socket_)) {
    const std::string text = message_for_manager(*message, program);
    if (text.empty() || sys::try_send_datagram(address_, text) || has_failed_) continue;
    has_failed_ = true;  // the program runs on: it did not ask for an answer
    context_->failures.push_back("NOTIFY_SOCKET: '" + address_ + "' does not take messages");
  }
}

}  // namespace berth::container
