/* floor: what the kernel asks for one container, and nothing on top of it.
 *
 *     floor ROOTFS        runs /bin/true of ROOTFS, exits with its code
 *
 * The bundle is the default one that `berth spec` writes, compiled in by hand: no JSON, no options,
 * no record, no checks beyond the errors of the calls themselves. So its time is the lower bound
 * for any runtime that does the same work, and `bench.py` measures runtimes against it. Two
 * liberties a runtime could take as well: the child shares memory with the parent until exec
 * (vfork), and all mounts are made after pivot_root, where no symbolic link of the image can lead
 * out. A cgroup is entered by being born in it (v2) or by the child's own `0` in `tasks` (v1): a
 * pid written from outside would wait milliseconds for an RCU grace period. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"

#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x00000001
#endif

enum { kNoSuidExecDev = MS_NOSUID | MS_NOEXEC | MS_NODEV };

static void mount_on(const char* type, const char* target, unsigned long flags, const char* data) {
  if (mount(type, target, type, flags, data) == 0) return;
  if (errno != ENOENT) die(target);
  check(mkdir(target, 0755), target);
  check(mount(type, target, type, flags, data), target);
}

static int read_only(const char* path) {
  struct {
    unsigned long long set, clear, propagation, userns;
  } attr = {.set = MOUNT_ATTR_RDONLY};
  return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attr, sizeof attr);
}

static void enter_root(const char* rootfs) {
  check(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "propagation of /");
  check(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), rootfs);
  check(chdir(rootfs), rootfs);
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  check(umount2(".", MNT_DETACH), "old root");
  check(chdir("/"), "/");
}

static void mount_cgroups(const struct Host* host) {
  unsigned long flags = kNoSuidExecDev | MS_RELATIME;
  if (host->count == 1 && host->hierarchies[0].v2) {
    mount_on("cgroup2", "/sys/fs/cgroup", flags | MS_RDONLY, NULL);
    return;
  }
  mount_on("tmpfs", "/sys/fs/cgroup", flags, "mode=755");
  for (int i = 0; i < host->count; i++) {
    const struct Hierarchy* h = &host->hierarchies[i];
    check(mkdir(h->mount, 0755), h->mount);
    mount_on(h->v2 ? "cgroup2" : "cgroup", h->mount, flags | MS_RDONLY,
             h->v2 ? NULL : h->controllers);
  }
  check(read_only("/sys/fs/cgroup"), "/sys/fs/cgroup");
}

static void make_devices(void) {
  static const struct {
    const char* path;
    unsigned major, minor;
  } kNodes[] = {{"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
                {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0}};
  static const char* const kLinks[][2] = {{"/proc/self/fd", "/dev/fd"},
                                          {"/proc/self/fd/0", "/dev/stdin"},
                                          {"/proc/self/fd/1", "/dev/stdout"},
                                          {"/proc/self/fd/2", "/dev/stderr"},
                                          {"pts/ptmx", "/dev/ptmx"}};
  for (size_t i = 0; i < sizeof kNodes / sizeof *kNodes; i++) {
    check(mknod(kNodes[i].path, S_IFCHR | 0666, makedev(kNodes[i].major, kNodes[i].minor)),
          kNodes[i].path);
  }
  for (size_t i = 0; i < sizeof kLinks / sizeof *kLinks; i++) {
    check(symlink(kLinks[i][0], kLinks[i][1]), kLinks[i][1]);
  }
}

static void mount_all(const struct Host* host) {
  mount_on("proc", "/proc", 0, NULL);
  mount_on("tmpfs", "/dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
  mount_on("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
           "newinstance,ptmxmode=0666,mode=0620,gid=5");
  mount_on("tmpfs", "/dev/shm", kNoSuidExecDev, "mode=1777,size=65536k");
  mount_on("mqueue", "/dev/mqueue", kNoSuidExecDev, NULL);
  mount_on("sysfs", "/sys", kNoSuidExecDev | MS_RDONLY, NULL);
  mount_cgroups(host);
}

static void hide_paths(void) {
  static const char* const kReadOnly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                          "/proc/sysrq-trigger"};
  static const char* const kMasked[] = {
      "/proc/acpi",          "/proc/asound",     "/proc/kcore",       "/proc/keys",
      "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
      "/sys/firmware",       "/proc/scsi"};
  for (size_t i = 0; i < sizeof kReadOnly / sizeof *kReadOnly; i++) {
    if (mount(kReadOnly[i], kReadOnly[i], NULL, MS_BIND | MS_REC, NULL) < 0) {
      if (errno != ENOENT) die(kReadOnly[i]);
      continue;
    }
    check(read_only(kReadOnly[i]), kReadOnly[i]);
  }
  for (size_t i = 0; i < sizeof kMasked / sizeof *kMasked; i++) {
    struct stat status; /* asked first: a bind of the wrong kind fails only after an RCU wait */
    if (stat(kMasked[i], &status) < 0) continue;
    int directory = S_ISDIR(status.st_mode);
    check(directory ? mount("tmpfs", kMasked[i], "tmpfs", MS_RDONLY, NULL)
                    : mount("/dev/null", kMasked[i], NULL, MS_BIND, NULL),
          kMasked[i]);
  }
  check(read_only("/"), "read-only root");
}

static void loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  check(fd, "socket");
  check(ioctl(fd, SIOCSIFFLAGS, &request), "lo up");
  close(fd);
}

static void drop_privileges(void) {
  const __u32 keep = 1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE;
  for (unsigned cap = 0; cap < 64; cap++) {
    if (cap < 32 && (keep >> cap & 1) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0) continue;
    if (errno != EINVAL) die("bounding set");
    break; /* beyond the last capability of this kernel */
  }
  check(setgroups(0, NULL), "setgroups");
  check(setresgid(0, 0, 0), "setresgid");
  check(setresuid(0, 0, 0), "setresuid");
  check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};
  check(syscall(SYS_capset, &header, data), "capset");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static __attribute__((noinline, noreturn)) void container(const struct Host* host,
                                                          const char* rootfs) {
  static char* const kArguments[] = {"/bin/true", NULL};
  static char* const kEnvironment[] = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", NULL};
  static const struct rlimit kFiles = {1024, 1024};
  for (int i = 0; i < host->count; i++) {
    if (host->hierarchies[i].tasks >= 0) write_text(host->hierarchies[i].tasks, "0");
  }
  check(unshare(CLONE_NEWCGROUP), "cgroup namespace"); /* rooted where the process is now */
  check(setsid(), "setsid");
  check(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_floor"), "session keyring");
  loopback_up();
  mode_t mask = umask(0);
  enter_root(rootfs);
  mount_all(host);
  make_devices();
  hide_paths();
  umask(mask);
  check(sethostname("floor", 5), "hostname");
  check(setrlimit(RLIMIT_NOFILE, &kFiles), "rlimit");
  drop_privileges();
  check(syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */), "close_range");
  execve(kArguments[0], kArguments, kEnvironment);
  die(kArguments[0]);
  __builtin_unreachable();
}

/* clone3 in place: with shared memory the child must not return through a frame that the parent
 * will use. */
static inline __attribute__((always_inline)) long clone3_here(struct clone_args* args) {
  long result;
#if defined(__x86_64__)
  args->flags |= CLONE_VM | CLONE_VFORK;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(SYS_clone3), "D"(args), "S"(sizeof *args)
                   : "rcx", "r11", "memory");
  if (result < 0) errno = (int)-result;
#else
  result = syscall(SYS_clone3, args, sizeof *args);
#endif
  return result;
}

int main(int argc, char** argv) {
  static struct Host host;
  static struct clone_args args = {
      .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS,
      .exit_signal = SIGCHLD};
  if (argc != 2) {
    dprintf(STDERR_FILENO, "usage: floor ROOTFS\n");
    return kFailed;
  }
  find_hierarchies(&host);
  make_cgroups(&host);
  if (host.v2_directory >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (__u64)host.v2_directory;
  }
  long pid = clone3_here(&args);
  if (pid == 0) container(&host, argv[1]);
  int status = 0;
  if (pid > 0) check(waitpid((pid_t)pid, &status, 0), "waitpid");
  remove_cgroups(&host);
  check(pid, "clone3");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
