// Ordinary directories in place of cgroups, with the files that a test writes, and processes that a
// test makes their members. The test does what the kernel would do by itself: a directory has the
// members that its cgroup.procs lists, and can be removed only without files.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/cgroup/members.h"
#include "runtime/compile/cgroup/cgroup.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "tests/unit/temporary_directory.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::cgroup {

class FakeCgroups {
 public:
  const std::string& top() const { return directory_.path(); }
  std::string at(const std::string& path) const { return directory_ / path; }

  /// A directory, with those above it.
  std::string make(const std::string& path) const {
    std::filesystem::create_directories(at(path));
    return at(path);
  }
  std::string write(const std::string& path, const std::string& text) const {
    std::ofstream(at(path)) << text;
    return at(path);
  }
  /// A file that fails every open (ELOOP).
  void make_unreadable(const std::string& path) const {
    std::filesystem::create_symlink(at(path), at(path));
  }
  std::string read(const std::string& path) const { return sys::read_file(at(path)); }
  bool has(const std::string& path) const { return std::filesystem::exists(at(path)); }

  /// A chain of directories below `path`: longer than a path can be. The last one.
  sys::Dir make_deep(const std::string& path, int depth) const {
    const std::string name(61, 'n');
    sys::Dir here = sys::open_dir(make(path));
    for (int i = 0; i < depth; ++i) {
      REQUIRE(sys::mkdir_at(here, name, 0755));
      here = {sys::open_at(here, name, O_PATH | O_DIRECTORY), name};
    }
    return here;
  }

  /// A plan for one container at `path`, in a hierarchy that is mounted on the top.
  plan::CgroupDirectory plan_for(const std::string& path) const {
    plan::CgroupDirectory directory;
    directory.hierarchy.mountpoint = top();
    directory.hierarchy.root = "/";
    directory.path = at(path);
    return directory;
  }

 private:
  TemporaryDirectory directory_;
};

/// A process that waits for its end.
class Bystander {
 public:
  Bystander() : pid_(::fork()) {
    if (pid_ == 0) {
      while (true) ::pause();
    }
    REQUIRE(pid_ > 0);
  }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;
  ~Bystander() {
    if (pid_ > 0) (void)end();
  }

  static constexpr int kEnding = SIGUSR2;  ///< Catch handles those that people use

  pid_t pid() const { return pid_; }
  std::string line() const { return std::to_string(pid_) + "\n"; }
  bool is_alive() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  /// The signal that ended it, kEnding if it was this call.
  int end() {
    // It comes too late for one that was killed before: the first signal that ends it counts.
    (void)::kill(pid_, kEnding);
    int status = 0;
    (void)::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

 private:
  pid_t pid_;
};

/// As few descriptors as a caller may leave to berth.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit narrow = {limit, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &narrow) == 0);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { (void)::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_ = {};
};

}  // namespace berth::cgroup
