#include "hooks/hooks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "runtime/linux/base/time.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/linux/process/program.h"
#include "runtime/linux/streams/pipe.h"
#include "runtime/linux/streams/poll.h"
#include "spec/config/default_config.h"
#include "spec/error.h"
#include "spec/one_line.h"

namespace berth::hooks {

namespace {

constexpr std::size_t kKeptOutput = 2048;

/// The environment of a hook without `env` is PATH alone, so that programs which the hook calls are
/// found as berth finds them and nothing else of berth's environment reaches it.
spec::Strings default_environment() {
  const char* const path = std::getenv("PATH");
  return {path != nullptr ? std::string("PATH=") + path : spec::kDefaultPath};
}

sys::Command command_of(const spec::Hook& hook, const std::string& bundle) {
  return {.path = hook.path,
          .arguments = hook.args.empty() ? spec::Strings{hook.path} : hook.args,
          .environment = hook.env ? *hook.env : default_environment(),
          .directory = bundle};
}

sys::Deadline deadline_of(const spec::Hook& hook) {
  constexpr std::int64_t kMost = INT64_MAX / 1000;
  return hook.timeout ? sys::Deadline(std::min(*hook.timeout, kMost) * 1000) : sys::Deadline();
}

/// Keeps the last bytes of a hook's output, however long it is.
class Output {
 public:
  explicit Output(sys::Fd pipe) : pipe_(std::move(pipe)) {}

  int fd() const { return pipe_.get(); }  ///< -1 once all writers have closed it

  /// Reads what is available now, and returns true if there may be more.
  bool take() {
    std::array<char, 4096> buffer;
    const sys::Transfer transfer = sys::read_some(pipe_.get(), buffer);
    last_.append(buffer.data(), transfer.size);
    if (last_.size() > kKeptOutput) last_.erase(0, last_.size() - kKeptOutput);
    if (transfer.has_ended) pipe_ = {};
    return transfer.size > 0;
  }

  /// Reads what is left after the hook has ended, up to the size of a pipe, because the hook's own
  /// children may write without end.
  void take_rest() {
    constexpr int kMostReads = 16;
    for (int i = 0; i < kMostReads && pipe_ && take(); ++i) {
    }
  }

  /// The output on one line after a colon, or an empty text.
  std::string quoted() const {
    const std::string line = one_line(last_);
    return line.empty() ? "" : ": " + line;
  }

 private:
  sys::Fd pipe_;
  std::string last_;
};

/// Returns false when the deadline has passed.
bool wait_for_end(const sys::ChildProcess& child, Output& output, const sys::Deadline& deadline,
                  sys::SignalFd* interrupt) {
  while (true) {
    std::array watches = {sys::Watch{.fd = child.handle().fd().get()},
                          sys::Watch{.fd = output.fd()},
                          sys::Watch{.fd = interrupt != nullptr ? interrupt->fd().get() : -1}};
    (void)sys::poll_any(watches, deadline.left());  // the deadline is checked below
    if (watches[0].ready) return true;
    if (watches[2].ready && interrupt != nullptr) {
      if (const auto signal = sys::read_ending_signal(*interrupt)) {
        child.kill_group();
        sys::fail_interrupted(*signal);
      }
    }
    if (watches[1].ready) (void)output.take();  // the next poll reports whether there is more
    // The deadline also counts when there was output, because a hook may write without end.
    if (deadline.has_passed()) return false;
  }
}

std::string words_for(const sys::Exit& exit) {
  return exit.signal != 0 ? "was killed by signal " + std::to_string(exit.signal)
                          : "exited with status " + std::to_string(exit.code);
}

void run_to_its_end(const spec::Hook& hook, const std::string& pointer, const std::string& state,
                    const std::string& bundle, sys::SignalFd* interrupt) {
  // The state is a file instead of a pipe: berth does not block on writing it, and a hook that does
  // not read it causes no error.
  const sys::Fd input = sys::sealed_memfd("state", state.data(), state.size());
  auto [reading, writing] = sys::make_pipe();
  const sys::Deadline deadline = deadline_of(hook);
  sys::ChildProcess child = sys::spawn_command(command_of(hook, bundle), input, writing);
  writing = {};  // so that berth reads the end of file once the hook's side has closed the pipe
  Output output(std::move(reading));

  const bool has_ended = wait_for_end(child, output, deadline, interrupt);
  if (!has_ended) child.kill_group();
  const sys::Exit exit = child.reap_exit();
  if (has_ended && exit.status() == 0) return;
  output.take_rest();
  const std::string how =
      has_ended ? words_for(exit) : "did not end within " + std::to_string(*hook.timeout) + " s";
  fail(ErrorKind::System, "hook '" + hook.path + "' " + how + output.quoted(), pointer);
}

}  // namespace

void run(const spec::Hook& hook, const std::string& pointer, const std::string& state,
         const std::string& bundle, sys::SignalFd* interrupt) {
  try {
    run_to_its_end(hook, pointer, state, bundle, interrupt);
  } catch (const Error& error) {
    throw error.at(pointer);  // an error of execve knows only the path
  }
}

}  // namespace berth::hooks
