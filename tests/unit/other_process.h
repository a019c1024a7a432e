// A second process of a test: locks and identities are between processes.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

namespace berth {

/// Has done its act once it is constructed, and stays until this object ends it. What the act holds
/// in objects of its own is given up when it returns; what is to be kept goes into the arguments of
/// the lambda.
class OtherProcess {
 public:
  explicit OtherProcess(const std::function<void()>& act) {
    std::array<int, 2> ready = {-1, -1}, leash = {-1, -1};
    if (::pipe(ready.data()) < 0 || ::pipe(leash.data()) < 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      char byte = 0;
      (void)::close(leash[1]);
      act();
      (void)!::write(ready[1], "", 1);
      (void)!::read(leash[0], &byte, 1);
      ::_exit(0);
    }
    char byte = 0;
    (void)::close(ready[1]);
    (void)!::read(ready[0], &byte, 1);
    (void)::close(ready[0]);
    (void)::close(leash[0]);
    leash_ = leash[1];
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  ~OtherProcess() { end(); }

  pid_t pid() const { return pid_; }

  void end() {
    if (leash_ < 0) return;
    (void)::close(leash_);
    leash_ = -1;
    (void)::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
  int leash_ = -1;
};

}  // namespace berth
