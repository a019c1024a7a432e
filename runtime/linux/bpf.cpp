#include "runtime/linux/bpf.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

#include "runtime/linux/system_error.h"

namespace berth::sys {

namespace {

/// Zeroed, and larger than any kernel's union: some kernels write behind the one they were given
/// (6.17 to before 7.2, on queries of device programs).
union Attributes {
  std::array<char, 512> room = {};
  bpf_attr known;
};

int bpf(int command, Attributes& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes.known, sizeof attributes.known));
}

std::uint64_t address_of(const void* object) {
  return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(object));
}

}  // namespace

Fd load_device_program(const std::vector<bpf_insn>& program) {
  Attributes attributes;
  attributes.known.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.known.insns = address_of(program.data());
  attributes.known.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.known.license = address_of("Apache-2.0");
  Fd loaded(bpf(BPF_PROG_LOAD, attributes));
  if (!loaded) fail_errno("bpf BPF_PROG_LOAD", "device program");
  return loaded;
}

void attach_device_program(const Dir& cgroup, const Fd& program) {
  // BPF_PROG_ATTACH takes no O_PATH descriptor.
  const Fd directory(::openat(cgroup.fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) fail_errno("open", cgroup.name);
  Attributes attributes;
  attributes.known.target_fd = static_cast<std::uint32_t>(directory.get());
  attributes.known.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.known.attach_type = BPF_CGROUP_DEVICE;
  attributes.known.attach_flags = BPF_F_ALLOW_MULTI;
  if (bpf(BPF_PROG_ATTACH, attributes) < 0) fail_errno("bpf BPF_PROG_ATTACH", cgroup.name);
}

}  // namespace berth::sys
