// berth-systemd: talks to systemd for berth, which does not link libsystemd. It answers the
// requests that arrive on its socket, and ends when berth closes the other end.
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>

#include "runtime/systemd/failure.h"
#include "runtime/systemd/manager.h"
#include "runtime/systemd/request.h"

namespace berth::systemd {
namespace {

unsigned pid_of(const std::string& text) {
  unsigned pid = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

void carry_out(const Request& request, std::optional<Manager>& manager) {
  const Deadline deadline;
  if (!manager) manager.emplace(request.name.is_user, deadline);
  manager->set_deadline(deadline);
  if (request.verb == kStart) {
    manager->start_scope(request.name.unit, pid_of(request.pid), request.properties);
  } else if (request.verb == kSet) {
    manager->set_properties(request.name.unit, request.properties);
  } else if (request.verb == kStop) {
    manager->stop(request.name.unit);
  } else {
    throw Failure{"berth asks for '" + request.verb + "'"};
  }
}

Answer answer_to(std::string_view bytes, std::optional<Manager>& manager) {
  try {
    Request request;
    if (!decode(bytes, request)) throw Failure{"berth's request cannot be read"};
    carry_out(request, manager);
    return {};
  } catch (const Failure& failure) {
    return {.fault = failure.text, .may_exist = manager && manager->may_have_started()};
  }
}

/// Serves until berth closes its end; returns the exit code.
int serve() {
  std::optional<Manager> manager;  // one berth has one container, so it asks one systemd
  std::string buffer(kLongest, '\0');
  for (;;) {
    const ssize_t size = recv(kSocket, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return size == 0 ? 0 : 1;
    const std::string bytes =
        encode(answer_to({buffer.data(), static_cast<std::size_t>(size)}, manager));
    if (send(kSocket, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) return 1;
  }
}

}  // namespace
}  // namespace berth::systemd

int main() { return berth::systemd::serve(); }
