#include "runtime/container/pidfd_socket.h"

#include <string_view>

#include "runtime/linux/streams/socket.h"
#include "spec/error.h"

namespace berth::container {

void send_pidfd(const std::string& socket, const sys::ChildProcess& process) {
  constexpr char kFlag[] = "--pidfd-socket";
  constexpr std::string_view kWord = "pidfd";
  if (socket.empty()) return;
  try {
    const sys::Pidfd& handle = process.handle();
    const sys::Fd connection = sys::connect_stream(socket);
    if (!sys::send_message(connection, kWord.data(), kWord.size(), {handle.fd().get()})) {
      fail(ErrorKind::System, "'" + socket + "' was closed by the process that listens there");
    }
  } catch (const Error& error) {
    throw error.at(kFlag);
  }
}

}  // namespace berth::container
