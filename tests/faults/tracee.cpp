#include "tests/faults/tracee.h"

#include <seccomp.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace berth::faults {

namespace {

template <typename Data>
bool request(__ptrace_request what, pid_t pid, std::size_t size, Data data) {
  return ptrace(what, pid, size, data) >= 0;
}

std::string name_of(std::uint64_t number) {
  char* name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number));
  if (name == nullptr) return "call " + std::to_string(number);
  std::string text = name;
  std::free(name);
  return text;
}

/// Which operand of a call is a text.
const std::map<std::string, std::size_t> kTextOperands = {
    {"access", 0},    {"chdir", 0},     {"chmod", 0},    {"chown", 0},        {"execve", 0},
    {"execveat", 1},  {"faccessat", 1}, {"fchmodat", 1}, {"fchownat", 1},     {"fsconfig", 2},
    {"fsopen", 0},    {"fspick", 1},    {"linkat", 1},   {"memfd_create", 0}, {"mkdir", 0},
    {"mkdirat", 1},   {"mknodat", 1},   {"mount", 1},    {"newfstatat", 1},   {"open", 0},
    {"open_tree", 1}, {"openat", 1},    {"openat2", 1},  {"readlink", 0},     {"readlinkat", 1},
    {"rename", 0},    {"renameat", 1},  {"rmdir", 0},    {"stat", 0},         {"statfs", 0},
    {"statx", 1},     {"symlinkat", 0}, {"umount2", 0},  {"unlink", 0},       {"unlinkat", 1},
    {"write", 1}};

/// Up to the first byte that is not printable.
std::string read_text(pid_t pid, std::uint64_t address) {
  std::array<char, 80> bytes{};
  const iovec ours{.iov_base = bytes.data(), .iov_len = bytes.size()};
  const iovec theirs{.iov_base = std::bit_cast<void*>(address), .iov_len = bytes.size()};
  const ssize_t size = process_vm_readv(pid, &ours, 1, &theirs, 1, 0);
  const auto end = bytes.begin() + std::max<ssize_t>(size, 0);
  return {bytes.begin(),
          std::find_if(bytes.begin(), end, [](char c) { return c < ' ' || c > '~'; })};
}

std::string link_in_proc(pid_t pid, const std::string& name) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/" + name, ignored);
}

}  // namespace

bool seize(pid_t pid) {
  constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                            PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
  return request(PTRACE_SEIZE, pid, 0, kOptions);
}

void interrupt(pid_t pid) { (void)request(PTRACE_INTERRUPT, pid, 0, 0L); }

std::optional<Call> call_begun(pid_t pid) {
  __ptrace_syscall_info info{};
  if (!request(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info)) return std::nullopt;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return std::nullopt;
  Call call{.name = name_of(info.entry.nr), .operands = {}};
  std::copy(std::begin(info.entry.args), std::end(info.entry.args), call.operands.begin());
  return call;
}

void fail_call(pid_t pid, int error) {
  user_regs_struct registers{};
  if (!request(PTRACE_GETREGS, pid, 0, &registers)) return;
  // No call has the number -1: the kernel does nothing, and leaves the result as it is.
  registers.orig_rax = static_cast<unsigned long long>(-1);
  registers.rax = static_cast<unsigned long long>(-error);
  (void)request(PTRACE_SETREGS, pid, 0, &registers);
}

void go_on(pid_t pid, int signal) { (void)request(PTRACE_SYSCALL, pid, 0, long{signal}); }
void stay_stopped(pid_t pid) { (void)request(PTRACE_LISTEN, pid, 0, 0L); }
void let_go(pid_t pid, int signal) { (void)request(PTRACE_DETACH, pid, 0, long{signal}); }

std::string subject_of(pid_t pid, const Call& call) {
  const auto text = kTextOperands.find(call.name);
  std::string words =
      text == kTextOperands.end() ? "" : read_text(pid, call.operands.at(text->second));
  const bool is_absolute = !words.empty() && words.front() == '/';
  const auto first = static_cast<int>(call.operands[0]);
  if (is_absolute || first < 3 || first > 1000) return words;
  const std::string place = link_in_proc(pid, "fd/" + std::to_string(first));
  return words.empty() ? place : place + ": " + words;
}

bool runs_runtime(pid_t pid) {
  const std::string file = link_in_proc(pid, "exe");
  return file.find("berth", file.rfind('/') + 1) != std::string::npos;
}

}  // namespace berth::faults
