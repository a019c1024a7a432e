#include "tests/integration/harness/proc.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/integration/harness/deadline.h"
#include "tests/integration/harness/files.h"

namespace berth::test {

namespace {

std::string directory_of(pid_t pid) {
  return "/proc/" + (pid == 0 ? std::string("self") : std::to_string(pid));
}

std::string link_target(const std::string& path) {
  std::error_code gone;
  return std::filesystem::read_symlink(path, gone);
}

}  // namespace

std::string status_field(pid_t pid, const std::string& name) {
  for (const std::string& line : lines_of(read_file(directory_of(pid) + "/status"))) {
    if (line.compare(0, name.size() + 1, name + ":") != 0) continue;
    const std::size_t value = line.find_first_not_of(" \t", name.size() + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  FAIL("no " << name << " in status");
  return {};
}

std::string namespace_of(pid_t pid, const std::string& name) {
  return link_target(directory_of(pid) + "/ns/" + name);
}

std::optional<std::string> cgroup_of(pid_t pid, const std::string& controller) {
  for (const std::string& line : lines_of(read_file(directory_of(pid) + "/cgroup"))) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    if (contains(names, "," + controller + ",")) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::vector<Descriptor> descriptors_of(pid_t pid) {
  const std::string directory = directory_of(pid) + "/fd";
  std::vector<Descriptor> descriptors;
  for (const std::string& name : names_in(directory)) {
    std::string path = directory;
    descriptors.push_back({std::stoi(name), link_target(path.append("/").append(name))});
  }
  return descriptors;
}

sys::Fd open_pidfd(pid_t pid) {
  sys::Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  INFO("process " << pid);
  REQUIRE(pidfd);
  return pidfd;
}

void wait_for_exit(const sys::Fd& pidfd) {
  INFO("a process that should have ended is still there");
  REQUIRE(wait_readable(pidfd.get(), Deadline()));
}

void reap(const sys::Fd& pidfd) {
  siginfo_t ignored;
  waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &ignored, WEXITED | WNOHANG);
}

}  // namespace berth::test
