// Runs inside the containers of tests: `probe [i386] NUMBER [ARGUMENT…]` makes one system call by
// its number and prints what the kernel returned, a negative errno when it failed.
#include <sys/syscall.h>
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

}  // namespace

int main(int argc, char** argv) {
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
