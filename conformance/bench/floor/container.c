/* floor, the child: namespaces, what belongs to the process, exec. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "floor.h"

void write_file(const char* path, const char* text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  check(fd, path);
  write_text(fd, text);
  close(fd);
}

static void loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  check(fd, "socket");
  check(ioctl(fd, SIOCSIFFLAGS, &request), "lo up");
  close(fd);
}

static void wait_at_gate(void) {
  char byte;
  set_sign(&signs.child, 2);
  check(read(job.gate, &byte, 1), "gate");
}

static __attribute__((noreturn)) void execute(void) {
  char* const arguments[] = {job.program, "1000", NULL};
  static char* const kEnvironment[] = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", NULL};
  execve(arguments[0], arguments, kEnvironment);
  die(arguments[0]);
}

void container(void) {
  static const struct rlimit kFiles = {1024, 1024};
  const int whole = job.kind != kMinimal;
  if (job.overlapped) {
    check(unshare(whole ? CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS : CLONE_NEWNS),
          "namespaces");
  }
  check(setsid(), "setsid");
  check(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_floor"), "session keyring");
  if (whole) loopback_up();
  mode_t mask = umask(0);
  make_root();
  if (whole) check(sethostname("bench", 5), "hostname");
  wait_while(&signs.cgroups, 0);
  enter_cgroups();
  if (whole) {
    check(unshare(CLONE_NEWCGROUP), "cgroup namespace"); /* rooted where the process is now */
    mount_cgroups();
  }
  finish_root();
  umask(mask);
  if (job.kind == kDefault) check(setrlimit(RLIMIT_NOFILE, &kFiles), "rlimit");
  drop_privileges(job.kind);
  if (job.waits) wait_at_gate();
  execute();
}
