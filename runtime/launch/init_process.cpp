#include "runtime/launch/init_process.h"

#include <string>
#include <utility>
#include <vector>

#include "runtime/launch/init_image.h"
#include "runtime/linux/files/file_facts.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/sealed_program.h"
#include "runtime/linux/streams/socket.h"

namespace berth::launch {

namespace {

constexpr char kName[] = "berth-init";

/// init is a program of its own, so that no process of the container has a path to berth.
sys::Fd make_program() {
  return sys::sealed_program(kName, berth_init_image,
                             static_cast<std::size_t>(berth_init_image_end - berth_init_image));
}

sys::SealedProgram start(const sys::Fd& program, const sys::Fd& talk, std::uint32_t preserved_fds,
                         std::uint64_t early, int cgroup) {
  std::vector<int> inherited = {talk.get()};
  for (std::uint32_t i = 0; i < preserved_fds; ++i) {
    const int fd = static_cast<int>(3 + i);
    if (sys::is_open(fd)) inherited.push_back(fd);
  }
  return {program, {kName, std::to_string(talk.get()), std::to_string(early)}, inherited, cgroup};
}

}  // namespace

InitProcess::InitProcess(std::uint32_t preserved_fds, std::uint64_t early, int cgroup)
    : InitProcess(make_program(), sys::packet_pair(), preserved_fds, early, cgroup) {}

InitProcess::InitProcess(const sys::Fd& program, std::pair<sys::Fd, sys::Fd> ends,
                         std::uint32_t preserved_fds, std::uint64_t early, int cgroup)
    : talk_(std::move(ends.first)),
      file_(sys::facts_of(program, kName).identity),
      program_(start(program, ends.second, preserved_fds, early, cgroup)) {}

}  // namespace berth::launch
