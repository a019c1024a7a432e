/* floor, the root: mounts, devices, hidden paths. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

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

/* What the engine gives to a container: resolv.conf, hostname, hosts; made before pivot_root, as
 * the files are the host's. The current directory is the root file system. */
static void bind_files(void) {
  static const char* const kFiles[] = {"resolv.conf", "hostname", "hosts"};
  for (size_t i = 0; i < sizeof kFiles / sizeof *kFiles; i++) {
    char source[512], target[32];
    snprintf(source, sizeof source, "%s/%s", job.bundle, kFiles[i]);
    snprintf(target, sizeof target, "etc/%s", kFiles[i]);
    check(mount(source, target, NULL, MS_BIND | MS_REC, NULL), source);
    check(mount(NULL, target, NULL, MS_PRIVATE | MS_REC, NULL), target);
  }
}

static void enter_root(void) {
  char rootfs[512];
  snprintf(rootfs, sizeof rootfs, "%s/rootfs", job.bundle);
  check(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "propagation of /");
  check(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), rootfs);
  check(chdir(rootfs), rootfs);
  if (job.kind == kDockerLike) bind_files();
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  check(umount2(".", MNT_DETACH), "old root");
  check(chdir("/"), "/");
}

/* The minimal bundle has no mount at /dev, so the nodes stay in the root file system. */
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
    if (mknod(kNodes[i].path, S_IFCHR | 0666, makedev(kNodes[i].major, kNodes[i].minor)) == 0)
      continue;
    if (errno != EEXIST || job.kind != kMinimal) die(kNodes[i].path);
  }
  const size_t pty = job.kind == kMinimal; /* without /dev/pts there is no link into it */
  for (size_t i = 0; i < sizeof kLinks / sizeof *kLinks - pty; i++) {
    if (symlink(kLinks[i][0], kLinks[i][1]) == 0) continue;
    if (errno != EEXIST || job.kind != kMinimal) die(kLinks[i][1]);
  }
}

void make_root(void) {
  const int docker = job.kind == kDockerLike;
  enter_root();
  mount_on("proc", "/proc", docker ? kNoSuidExecDev : 0, NULL);
  if (job.kind != kMinimal) {
    mount_on("tmpfs", "/dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
    mount_on("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
             "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_on("tmpfs", "/dev/shm", kNoSuidExecDev, "mode=1777,size=65536k");
    mount_on("mqueue", "/dev/mqueue", kNoSuidExecDev, NULL);
    mount_on("sysfs", "/sys", kNoSuidExecDev | MS_RDONLY, NULL);
  }
  make_devices();
  if (docker) {
    write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    write_file("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
    write_file("/proc/self/oom_score_adj", "0");
  }
}

void mount_cgroups(void) {
  unsigned long flags = kNoSuidExecDev | MS_RELATIME;
  if (host.count == 1 && host.hierarchies[0].v2) {
    mount_on("cgroup2", "/sys/fs/cgroup", flags | MS_RDONLY, NULL);
    return;
  }
  mount_on("tmpfs", "/sys/fs/cgroup", flags, "mode=755");
  for (int i = 0; i < host.count; i++) {
    const struct Hierarchy* h = &host.hierarchies[i];
    check(mkdir(h->mount, 0755), h->mount);
    mount_on(h->v2 ? "cgroup2" : "cgroup", h->mount, flags | MS_RDONLY,
             h->v2 ? NULL : h->controllers);
  }
  check(read_only("/sys/fs/cgroup"), "/sys/fs/cgroup");
}

static void hide_paths(void) {
  static const char* const kReadOnly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                          "/proc/sysrq-trigger"};
  static const char* const kMasked[] = {
      "/proc/acpi",       "/proc/asound",      "/proc/interrupts",
      "/proc/kcore",      "/proc/keys",        "/proc/latency_stats",
      "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
      "/sys/firmware",    "/proc/scsi",        "/sys/devices/virtual/powercap"};
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
}

void finish_root(void) {
  if (job.kind == kMinimal) return;
  hide_paths();
  if (job.kind == kDefault) check(read_only("/"), "read-only root");
}
