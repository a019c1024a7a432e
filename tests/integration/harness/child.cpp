#include "tests/integration/harness/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <utility>

namespace berth::test {

namespace {

struct Pipe {
  sys::Fd read_end, write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  // The writer must not see O_NONBLOCK, so only our end has it.
  REQUIRE(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  return {sys::Fd(ends[0]), sys::Fd(ends[1])};
}

/// Appends what there is; false at the end of file.
bool read_available(int fd, std::string& text) {
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = read(fd, buffer.data(), buffer.size());
    if (size < 0) return true;
    if (size == 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

[[noreturn]] void become(const Command& command, const Pipe& out, const Pipe& err) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, STDIN_FILENO);
  dup2(out.write_end.get(), STDOUT_FILENO);
  dup2(err.write_end.get(), STDERR_FILENO);
  if (command.prepare) command.prepare();
  std::vector<char*> argv;
  for (const std::string& argument : command.argv) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  dprintf(STDERR_FILENO, "cannot execute %s\n", argv[0]);
  _exit(127);
}

}  // namespace

void pass_descriptor(int from, int to) {
  if (from == to) {
    fcntl(from, F_SETFD, 0);
  } else {
    dup2(from, to);
  }
}

Child::Child(const Command& command) {
  for (const std::string& argument : command.argv) name_ += argument + " ";
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) become(command, out, err);
  pidfd_ = sys::Fd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  REQUIRE(pidfd_);
  out_pipe_ = std::move(out.read_end);
  err_pipe_ = std::move(err.read_end);
}

Child::~Child() {
  if (reaped_) return;
  kill(pid_, SIGKILL);
  reap();
}

void Child::signal(int number) const { REQUIRE(kill(pid_, number) == 0); }

int Child::reap() {
  int status = 0;
  waitpid(pid_, &status, 0);
  reaped_ = true;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return status_;
}

void Child::drain() {
  read_available(out_pipe_.get(), out_);
  read_available(err_pipe_.get(), err_);
}

bool Child::has_let_go() const {
  std::array<pollfd, 2> entries{{{.fd = out_pipe_.get(), .events = 0, .revents = 0},
                                 {.fd = err_pipe_.get(), .events = 0, .revents = 0}}};
  poll(entries.data(), entries.size(), 0);
  return (entries[0].revents & entries[1].revents & POLLHUP) != 0;
}

const std::string& Child::output() {
  drain();
  return out_;
}

const std::string& Child::error_output() {
  drain();
  return err_;
}

void Child::wait_for_output(const std::string& text) {
  const Deadline deadline;
  bool open_for_writing = true;
  while (open_for_writing && !deadline.passed() && out_.find(text) == std::string::npos) {
    if (wait_readable(out_pipe_.get(), deadline)) {
      open_for_writing = read_available(out_pipe_.get(), out_);
    }
  }
  drain();
  INFO(name_ << "was to print '" << text << "'\nstdout: " << out_ << "\nstderr: " << err_);
  REQUIRE(out_.find(text) != std::string::npos);
}

Outcome Child::wait(const Deadline& deadline) {
  std::array<pollfd, 3> entries{{{.fd = pidfd_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = out_pipe_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = err_pipe_.get(), .events = POLLIN, .revents = 0}}};
  while (!reaped_ && !deadline.passed()) {
    poll(entries.data(), entries.size(), deadline.milliseconds_left());
    const bool ended = (entries[0].revents & POLLIN) != 0;
    // At its end a pipe is always ready: poll must not look at it again.
    if (!read_available(out_pipe_.get(), out_)) entries[1].fd = -1;
    if (!read_available(err_pipe_.get(), err_)) entries[2].fd = -1;
    if (ended) reap();
  }
  if (!reaped_) {
    kill(pid_, SIGKILL);
    reap();
    drain();
    FAIL_CHECK(name_ << "did not end in time\nstdout: " << out_ << "\nstderr: " << err_);
  }
  drain();
  return {status_, out_, err_};
}

bool Child::exits_within(std::chrono::microseconds patience) const {
  pollfd entry{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  const timespec time{.tv_sec = patience.count() / 1000000,
                      .tv_nsec = patience.count() % 1000000 * 1000};
  return ppoll(&entry, 1, &time, nullptr) > 0;
}

Outcome run_command(const Command& command, const Deadline& deadline) {
  return Child(command).wait(deadline);
}

}  // namespace berth::test
