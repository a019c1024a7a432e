// Runs inside the containers of tests, and beside them.
// `probe [i386] NUMBER [ARGUMENT…]` makes one system call by its number and prints what the kernel
// returned, a negative errno when it failed.
// `probe hydra` fills its cgroup with processes that replace each other.
// `probe reaper PROGRAM [ARGUMENT…]` runs a program, says `ready` when it has ended, and from then
// on lets no orphan of it stay as a zombie.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using Arguments = std::array<long, 6>;

long call(long number, const Arguments& a) {
  const long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  return result < 0 ? -errno : result;
}

#ifdef __x86_64__
/// From 64-bit code, but by the door of 32-bit code: the kernel takes it for i386.
long call_i386(long number, const Arguments& a) {
  long result = number;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
               : "memory", "r8", "r9", "r10", "r11");
  return static_cast<int>(result);
}
#else
long call_i386(long, const Arguments&) { return -ENOSYS; }
#endif

/// As many processes as may be: when one ends another takes its place.
[[noreturn]] void grow_heads() {
  // Nobody has to wait for a child that ends: its place is free at once.
  (void)signal(SIGCHLD, SIG_IGN);
  while (true) {
    if (fork() < 0) usleep(1000);
  }
}

int reap_for(char** program) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t child = fork();
  if (child == 0) {
    execv(program[0], program);
    _exit(127);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) return 1;
  (void)signal(SIGCHLD, SIG_IGN);
  while (waitpid(-1, nullptr, WNOHANG) > 0) continue;  // those that ended before
  std::puts("ready");
  (void)std::fflush(stdout);
  while (true) pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "hydra") == 0) grow_heads();
  if (argc > 2 && std::strcmp(argv[1], "reaper") == 0) return reap_for(argv + 2);
  int next = 1;
  const bool is_i386 = argc > next && std::strcmp(argv[next], "i386") == 0;
  if (is_i386) ++next;
  if (argc <= next) return 2;
  const long number = std::strtol(argv[next++], nullptr, 0);
  Arguments arguments = {};
  for (std::size_t i = 0; next < argc && i < arguments.size(); ++i) {
    arguments[i] = std::strtol(argv[next++], nullptr, 0);
  }
  std::printf("%ld\n", is_i386 ? call_i386(number, arguments) : call(number, arguments));
  return 0;
}
