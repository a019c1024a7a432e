#include "runtime/linux/cgroup/bpf.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"

namespace berth::sys {

namespace {

/// The attributes are zeroed and larger than any kernel's union, because some kernels (6.17 up to
/// 7.2, on queries of device programs) write past the size that they were given.
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

/// BPF_PROG_ATTACH, BPF_PROG_DETACH and BPF_PROG_QUERY do not accept an O_PATH descriptor.
Fd open_readable(const Dir& cgroup) { return open_at(cgroup, ".", O_RDONLY | O_DIRECTORY); }

std::vector<std::uint32_t> attached_programs(const Fd& directory) {
  // The kernel attaches at most 64 programs to a cgroup (BPF_CGROUP_MAX_PROGS).
  std::vector<std::uint32_t> ids(64);
  Attributes attributes;
  attributes.known.query.target_fd = static_cast<std::uint32_t>(directory.get());
  attributes.known.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.known.query.prog_ids = address_of(ids.data());
  attributes.known.query.prog_cnt = static_cast<std::uint32_t>(ids.size());
  const bool has_answer = bpf(BPF_PROG_QUERY, attributes) == 0;
  ids.resize(has_answer ? std::min<std::size_t>(attributes.known.query.prog_cnt, ids.size()) : 0);
  return ids;
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
  const Fd directory = open_readable(cgroup);
  Attributes attributes;
  attributes.known.target_fd = static_cast<std::uint32_t>(directory.get());
  attributes.known.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.known.attach_type = BPF_CGROUP_DEVICE;
  attributes.known.attach_flags = BPF_F_ALLOW_MULTI;
  if (bpf(BPF_PROG_ATTACH, attributes) < 0) fail_errno("bpf BPF_PROG_ATTACH", cgroup.name);
}

void detach_device_programs(const Dir& cgroup) {
  const Fd directory = open_readable(cgroup);
  for (const std::uint32_t id : attached_programs(directory)) {
    Attributes which;
    which.known.prog_id = id;
    const Fd program(bpf(BPF_PROG_GET_FD_BY_ID, which));
    if (!program) continue;  // another process has detached it
    Attributes attributes;
    attributes.known.target_fd = static_cast<std::uint32_t>(directory.get());
    attributes.known.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
    attributes.known.attach_type = BPF_CGROUP_DEVICE;
    if (bpf(BPF_PROG_DETACH, attributes) < 0) fail_errno("bpf BPF_PROG_DETACH", cgroup.name);
  }
}

}  // namespace berth::sys
