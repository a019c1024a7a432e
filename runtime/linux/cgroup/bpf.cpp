#include "runtime/linux/cgroup/bpf.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

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

std::optional<std::vector<std::uint32_t>> attached_programs(const Fd& directory) {
  // The kernel attaches at most 64 programs to a cgroup (BPF_CGROUP_MAX_PROGS).
  std::vector<std::uint32_t> ids(64);
  Attributes attributes;
  attributes.known.query.target_fd = static_cast<std::uint32_t>(directory.get());
  attributes.known.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.known.query.prog_ids = address_of(ids.data());
  attributes.known.query.prog_cnt = static_cast<std::uint32_t>(ids.size());
  if (bpf(BPF_PROG_QUERY, attributes) != 0) return std::nullopt;
  ids.resize(std::min<std::size_t>(attributes.known.query.prog_cnt, ids.size()));
  return ids;
}

/// Nothing if another process has detached it meanwhile.
Fd open_program(std::uint32_t id) {
  Attributes which;
  which.known.prog_id = id;
  return Fd(bpf(BPF_PROG_GET_FD_BY_ID, which));
}

/// The kernel keeps this name with each program.
constexpr char kProgramName[] = "berth_devices";

bool is_own(const Fd& program) {
  union {
    std::array<char, 512> room = {};  // see Attributes
    bpf_prog_info known;
  } info;
  Attributes attributes;
  attributes.known.info.bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.known.info.info_len = sizeof info.known;
  attributes.known.info.info = address_of(&info.known);
  return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0 &&
         std::string_view(info.known.name) == kProgramName;
}

/// Berth's own programs on a cgroup: one, or none if it may use all devices. A caller that may not
/// look would attach a second one, which withdraws nothing of what the first denies.
std::vector<Fd> own_programs(const Dir& cgroup, const Fd& directory) {
  const auto attached = attached_programs(directory);
  if (!attached) fail_errno("bpf BPF_PROG_QUERY", cgroup.name);
  std::vector<Fd> own;
  for (const std::uint32_t id : *attached) {
    Fd program = open_program(id);
    if (!program && errno != ENOENT) fail_errno("bpf BPF_PROG_GET_FD_BY_ID", cgroup.name);
    if (program && is_own(program)) own.push_back(std::move(program));
  }
  return own;
}

Attributes attachment(const Fd& directory, const Fd& program) {
  Attributes attributes;
  attributes.known.target_fd = static_cast<std::uint32_t>(directory.get());
  attributes.known.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attributes.known.attach_type = BPF_CGROUP_DEVICE;
  return attributes;
}

void attach(const Dir& cgroup, Attributes attributes) {
  if (bpf(BPF_PROG_ATTACH, attributes) < 0) fail_errno("bpf BPF_PROG_ATTACH", cgroup.name);
}

void detach(const Dir& cgroup, const Fd& directory, const Fd& program) {
  Attributes attributes = attachment(directory, program);
  if (bpf(BPF_PROG_DETACH, attributes) < 0) fail_errno("bpf BPF_PROG_DETACH", cgroup.name);
}

}  // namespace

Fd load_device_program(const std::vector<bpf_insn>& program) {
  constexpr int kAttempts = 5;  // a signal that arrives meanwhile interrupts the verifier
  Attributes attributes;
  attributes.known.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.known.insns = address_of(program.data());
  attributes.known.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.known.license = address_of("Apache-2.0");
  std::copy(std::begin(kProgramName), std::end(kProgramName), attributes.known.prog_name);
  Fd loaded(bpf(BPF_PROG_LOAD, attributes));
  for (int i = 1; i < kAttempts && !loaded && errno == EAGAIN; ++i) {
    loaded = Fd(bpf(BPF_PROG_LOAD, attributes));
  }
  if (!loaded && errno == E2BIG) {
    fail(ErrorKind::System, "bpf BPF_PROG_LOAD 'device program': " + errno_text(E2BIG), {},
         "the kernel does not verify so many rules; those for every access (rwm) cost it least");
  }
  if (!loaded) fail_errno("bpf BPF_PROG_LOAD", "device program");
  return loaded;
}

void attach_device_program(const Dir& cgroup, const Fd& program) {
  const Fd directory = open_readable(cgroup);
  Attributes attributes = attachment(directory, program);
  attributes.known.attach_flags = BPF_F_ALLOW_MULTI;
  attach(cgroup, attributes);
}

void replace_device_program(const Dir& cgroup, const Fd& program) {
  const Fd directory = open_readable(cgroup);
  const std::vector<Fd> own = own_programs(cgroup, directory);
  Attributes attributes = attachment(directory, program);
  attributes.known.attach_flags = BPF_F_ALLOW_MULTI;
  if (!own.empty()) {
    attributes.known.attach_flags |= BPF_F_REPLACE;
    attributes.known.replace_bpf_fd = static_cast<std::uint32_t>(own.front().get());
  }
  attach(cgroup, attributes);
}

void detach_own_device_program(const Dir& cgroup) {
  const Fd directory = open_readable(cgroup);
  for (const Fd& program : own_programs(cgroup, directory)) detach(cgroup, directory, program);
}

void detach_device_programs(const Dir& cgroup) {
  const Fd directory = open_readable(cgroup);
  const auto attached = attached_programs(directory);
  if (!attached) return;
  for (const std::uint32_t id : *attached) {
    if (const Fd program = open_program(id)) detach(cgroup, directory, program);
  }
}

}  // namespace berth::sys
