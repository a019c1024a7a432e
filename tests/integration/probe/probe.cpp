// Runs inside the containers of tests, and beside them.
// `probe [i386] NUMBER [ARGUMENT…]` makes one system call by its number and prints what the kernel
// returned, a negative errno when it failed.
// `probe hydra` fills its cgroup with processes that replace each other.
// `probe reaper PROGRAM [ARGUMENT…]` runs a program, says `ready` when it has ended, and from then
// on lets no orphan of it stay as a zombie.
// `probe stuck` says `ready`, then stays in a system call that only SIGKILL ends.
// `probe threads` ends its first thread, and goes on in another one.
// `probe notify MESSAGE…` sends each message to NOTIFY_SOCKET, as sd_notify(3) does.
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
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

/// A page that no process supplies: the kernel waits for it while it copies the result of a call.
int stay_in_call() {
  const long page = sysconf(_SC_PAGESIZE);
  void* const memory =
      mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const int faults = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC));
  uffdio_api api = {};
  api.api = UFFD_API;
  uffdio_register missing = {};
  missing.range = {reinterpret_cast<unsigned long>(memory), static_cast<unsigned long>(page)};
  missing.mode = UFFDIO_REGISTER_MODE_MISSING;
  if (faults < 0 || ioctl(faults, UFFDIO_API, &api) != 0) return 1;
  if (ioctl(faults, UFFDIO_REGISTER, &missing) != 0) return 1;
  std::puts("ready");
  (void)std::fflush(stdout);
  return getcwd(static_cast<char*>(memory), static_cast<std::size_t>(page)) != nullptr ? 0 : 1;
}

int leave_a_thread() {
  pthread_t thread = {};
  const auto stay = [](void*) -> void* {
    while (true) pause();
  };
  if (pthread_create(&thread, nullptr, stay, nullptr) != 0) return 1;
  std::puts("ready");
  (void)std::fflush(stdout);
  return static_cast<int>(syscall(SYS_exit, 0));  // of this thread alone
}

int notify(char** messages) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return 1;
  std::strcpy(address.sun_path, path);
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  for (; *messages != nullptr; ++messages) {
    if (sendto(socket, *messages, std::strlen(*messages), 0,
               reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
      std::perror("sendto");
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "hydra") == 0) grow_heads();
  if (argc > 2 && std::strcmp(argv[1], "reaper") == 0) return reap_for(argv + 2);
  if (argc == 2 && std::strcmp(argv[1], "stuck") == 0) return stay_in_call();
  if (argc == 2 && std::strcmp(argv[1], "threads") == 0) return leave_a_thread();
  if (argc > 2 && std::strcmp(argv[1], "notify") == 0) return notify(argv + 2);
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
