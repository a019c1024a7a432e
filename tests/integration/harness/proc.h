// What the kernel says of a process, read on the host's side of /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/base/fd.h"

namespace berth::test {

/// A line of /proc/PID/status, without its name.
std::string status_field(pid_t pid, const std::string& name);
/// `net`, `pid`, … as in /proc/PID/ns: the link's text, like `net:[4026531840]`. 0 is the test
/// itself.
std::string namespace_of(pid_t pid, const std::string& name);
/// The path in one hierarchy of /proc/PID/cgroup; nothing when the kernel has no such hierarchy.
/// The empty name is cgroup v2.
std::optional<std::string> cgroup_of(pid_t pid, const std::string& controller);

struct Descriptor {
  int number;
  std::string target;
};
std::vector<Descriptor> descriptors_of(pid_t pid);

sys::Fd open_pidfd(pid_t pid);
/// Fails the test at the deadline. Does not reap.
void wait_for_exit(const sys::Fd& pidfd);
/// Of an ended process, when the test has become its parent.
void reap(const sys::Fd& pidfd);

}  // namespace berth::test
