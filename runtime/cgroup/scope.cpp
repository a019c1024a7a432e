#include "runtime/cgroup/scope.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/linux/base/time.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/streams/pipe.h"
#include "runtime/linux/streams/poll.h"
#include "runtime/linux/streams/socket.h"
#include "spec/error.h"

namespace berth::cgroup {

namespace {

constexpr char kName[] = "berth-systemd";

/// Milliseconds. berth-systemd answers after 60 s at the latest.
constexpr int kPatience = 70'000;

/// Beside berth in a build, in libexec when installed.
std::string find_helper() {
  const std::string berth = sys::own_program();
  const std::string directory = berth.substr(0, berth.rfind('/'));
  std::string beside = directory + "/" + kName;
  std::string installed = directory.substr(0, directory.rfind('/')) + "/libexec/berth/" + kName;
  if (sys::inode_if_exists(beside)) return beside;
  if (sys::inode_if_exists(installed)) return installed;
  fail(ErrorKind::Unsupported,
       "the program that talks to systemd is neither '" + beside + "' nor '" + installed + "'", {},
       "berth was built without libsystemd, or not installed as a whole");
}

/// What libsystemd needs to find the message bus of the caller's systemd.
std::vector<std::string> environment() {
  std::vector<std::string> kept;
  for (std::string& variable : sys::own_environment()) {
    const bool is_bus = variable.starts_with("DBUS_") || variable.starts_with("XDG_RUNTIME_DIR=");
    if (is_bus) kept.push_back(std::move(variable));
  }
  return kept;
}

sys::ChildProcess start_helper(const sys::Fd& socket, const sys::Fd& words) {
  const std::string path = find_helper();
  return sys::spawn_command(
      {.path = path, .arguments = {kName}, .environment = environment(), .directory = "/"}, socket,
      words);
}

void check(const systemd::Answer& answer) {
  if (!answer.fault.empty()) fail(ErrorKind::System, answer.fault);
}

}  // namespace

SystemdHelper::SystemdHelper() : SystemdHelper(sys::packet_pair(), sys::make_pipe()) {}

SystemdHelper::SystemdHelper(std::pair<sys::Fd, sys::Fd> ends, std::pair<sys::Fd, sys::Fd> pipe)
    : socket_(std::move(ends.first)),
      words_(std::move(pipe.first)),
      program_(start_helper(ends.second, pipe.second)) {}

systemd::Answer SystemdHelper::ask(const systemd::Request& request) {
  send(request);
  (void)await_answer(nullptr);
  return take_answer(request);
}

void SystemdHelper::send(const systemd::Request& request) {
  const std::string bytes = systemd::encode(request);
  if (bytes.size() > systemd::kLongest) {
    fail(ErrorKind::Unsupported, "the properties of '" + request.name.unit + "' take " +
                                     std::to_string(bytes.size()) + " bytes, and may take " +
                                     std::to_string(systemd::kLongest));
  }
  if (!sys::send_message(socket_, bytes.data(), bytes.size())) report_death();
}

std::optional<int> SystemdHelper::await_answer(sys::SignalFd* interrupt) {
  const sys::Deadline deadline(kPatience);
  while (true) {
    std::array watches = {sys::Watch{.fd = socket_.get()},
                          sys::Watch{.fd = interrupt == nullptr ? -1 : interrupt->fd().get()}};
    if (!sys::poll_any(watches, deadline.left()) || watches[0].ready) return std::nullopt;
    if (const auto signal = sys::read_ending_signal(*interrupt)) return signal;
  }
}

systemd::Answer SystemdHelper::take_answer(const systemd::Request& request) {
  if (!sys::wait_for({.fd = socket_.get()}, 0)) {
    fail(ErrorKind::System, std::string(kName) + " does not answer: it was to " + request.verb +
                                " '" + request.name.unit + "'");
  }
  std::string buffer(systemd::kLongest, '\0');
  const sys::Received received = sys::receive_message(socket_, buffer.data(), buffer.size());
  systemd::Answer answer;
  if (received.size == 0) report_death();
  if (!systemd::decode({buffer.data(), received.size}, answer)) {
    fail(ErrorKind::Bug, std::string(kName) + " is out of phase");
  }
  return answer;
}

/// The reason is what the program has printed: mostly that a library is missing.
void SystemdHelper::report_death() {
  const int status = program_.reap();
  std::array<char, 1024> buffer;
  std::string words(buffer.data(), sys::read_some(words_.get(), buffer).size);
  std::replace(words.begin(), words.end(), '\n', ' ');
  words.erase(words.find_last_not_of(' ') + 1);
  fail(ErrorKind::System, std::string(kName) + " ended with status " + std::to_string(status) +
                              (words.empty() ? "" : ": " + words));
}

systemd::Answer Scope::ask(const systemd::Request& request, sys::SignalFd* interrupt) {
  helper_->send(request);
  may_exist_ = true;  // also if berth-systemd ends without an answer
  if (const auto signal = helper_->await_answer(interrupt)) {
    // What is being started ends with its only process, which is berth's.
    if (request.verb == systemd::kStart) may_exist_ = false;
    sys::fail_interrupted(*signal);
  }
  return helper_->take_answer(request);
}

void Scope::start(pid_t process, sys::SignalFd* interrupt) {
  helper_.emplace();
  const systemd::Answer answer = ask({.verb = systemd::kStart,
                                      .name = plan_->name,
                                      .pid = std::to_string(process),
                                      .properties = plan_->properties},
                                     interrupt);
  may_exist_ = answer.fault.empty() || answer.may_exist;
  check(answer);
}

void Scope::set_late_properties(sys::SignalFd* interrupt) {
  check(ask({.verb = systemd::kSet, .name = plan_->name, .properties = plan_->late_properties},
            interrupt));
  helper_.reset();
}

void set_unit_properties(const plan::ScopeName& name, std::vector<plan::UnitProperty> properties) {
  check(SystemdHelper().ask(
      {.verb = systemd::kSet, .name = name, .properties = std::move(properties)}));
}

void stop_scope(const plan::ScopeName& name) {
  check(SystemdHelper().ask({.verb = systemd::kStop, .name = name}));
}

}  // namespace berth::cgroup
