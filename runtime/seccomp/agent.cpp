#include "runtime/seccomp/agent.h"

#include "runtime/linux/streams/socket.h"
#include "spec/documents/state.h"
#include "spec/documents/version.h"
#include "spec/json/json.h"

namespace berth::seccomp {

namespace {

void send(const plan::SeccompAgent& agent, const spec::State& state, pid_t pid,
          const sys::Fd& listener) {
  constexpr char kPointer[] = "/linux/seccomp/listenerPath";
  const spec::ContainerProcessState process{.oci_version = spec::kOciVersion,
                                            .fds = {"seccompFd"},
                                            .pid = pid,
                                            .metadata = agent.metadata,
                                            .state = state};
  const std::string text = spec::to_json(process, spec::Layout::Compact);
  try {
    const sys::Fd socket = sys::connect_stream(agent.path);
    if (!sys::send_message(socket, text.data(), text.size(), {listener.get()})) {
      fail(ErrorKind::System, "the agent at '" + agent.path + "' has closed the connection");
    }
  } catch (const Error& error) {
    throw error.at(kPointer);
  }
}

}  // namespace

void send_to_agent(const std::optional<plan::SeccompAgent>& agent, const spec::State& state,
                   pid_t pid, const std::vector<sys::Fd>& received) {
  if (!agent) fail(ErrorKind::Bug, "init hands over a seccomp listener that nobody asked for");
  if (received.size() != 1) {
    fail(ErrorKind::Bug, "init hands over " + std::to_string(received.size()) +
                             " descriptors instead of one seccomp listener");
  }
  send(*agent, state, pid, received.front());
}

}  // namespace berth::seccomp
