/* floor, the cgroup part: finding the hierarchies, making, limiting and removing the container's
 * cgroups. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "floor.h"

struct DeviceRule {
  int major, minor; /* minor -1: every one */
};

/* Beside these every device may be made (mknod), as runc and crun have it. */
static const struct DeviceRule kDeviceRules[] = {
    {1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 2}, {136, -1},
};

static int open_below(const char* directory, const char* file, int flags) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", directory, file);
  int fd = open(path, flags | O_CLOEXEC);
  check(fd, path);
  return fd;
}

/* The controllers of a v1 super block's options, as a mount inside the container names them. */
static void keep_controllers(const char* options, char* out, size_t size) {
  char copy[256];
  snprintf(copy, sizeof copy, "%s", options);
  out[0] = '\0';
  for (char* word = strtok(copy, ","); word != NULL; word = strtok(NULL, ",")) {
    static const char* const kNot[] = {"rw", "ro", "xattr", "clone_children", "noprefix"};
    int skip = strncmp(word, "release_agent=", 14) == 0;
    for (size_t i = 0; i < sizeof kNot / sizeof *kNot; i++) skip |= strcmp(word, kNot[i]) == 0;
    if (skip) continue;
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ",", word);
  }
}

/* proc_pid_mountinfo(5): id parent dev root MOUNT options [tags...] - TYPE source SUPER-OPTIONS */
static void add_hierarchy(struct Host* host, char* line) {
  char mount[128], type[16], options[256];
  char* tail = strstr(line, " - cgroup");
  if (tail == NULL || host->count == kMaxHierarchies) return;
  if (sscanf(line, "%*s %*s %*s %*s %127s", mount) != 1) return;
  if (sscanf(tail, " - %15s %*s %255s", type, options) != 2) return;
  if (strncmp(mount, "/sys/fs/cgroup", 14) != 0) return;
  struct Hierarchy* h = &host->hierarchies[host->count++];
  memcpy(h->mount, mount, sizeof h->mount);
  h->v2 = strcmp(type, "cgroup2") == 0;
  h->tasks = -1;
  if (!h->v2) keep_controllers(options, h->controllers, sizeof h->controllers);
  snprintf(h->cgroup, sizeof h->cgroup, "%s/floor-%d", mount, getpid());
}

void find_hierarchies(struct Host* host) {
  static char text[65536];
  int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  check(fd, "/proc/self/mountinfo");
  size_t used = 0;
  for (ssize_t n; used < sizeof text - 1; used += (size_t)n) {
    n = read(fd, text + used, sizeof text - 1 - used);
    check(n, "read mountinfo");
    if (n == 0) break;
  }
  close(fd);
  char* rest = text;
  for (char* line; (line = strsep(&rest, "\n")) != NULL;) add_hierarchy(host, line);
}

/* A new v1 cpuset is empty and takes no process. */
static void inherit_cpuset(const struct Hierarchy* h, const char* file) {
  char value[256];
  int from = open_below(h->mount, file, O_RDONLY);
  ssize_t length = read(from, value, sizeof value);
  check(length, file);
  close(from);
  int to = open_below(h->cgroup, file, O_WRONLY);
  check(write(to, value, (size_t)length), file);
  close(to);
}

static void limit_devices_v1(const struct Hierarchy* h) {
  int deny = open_below(h->cgroup, "devices.deny", O_WRONLY);
  write_text(deny, "a");
  close(deny);
  int allow = open_below(h->cgroup, "devices.allow", O_WRONLY);
  write_text(allow, "c *:* m");
  write_text(allow, "b *:* m");
  for (size_t i = 0; i < sizeof kDeviceRules / sizeof *kDeviceRules; i++) {
    char rule[32];
    if (kDeviceRules[i].minor < 0) {
      snprintf(rule, sizeof rule, "c %d:* rwm", kDeviceRules[i].major);
    } else {
      snprintf(rule, sizeof rule, "c %d:%d rwm", kDeviceRules[i].major, kDeviceRules[i].minor);
    }
    write_text(allow, rule);
  }
  close(allow);
}

static struct bpf_insn insn(int code, unsigned dst, unsigned src, int off, int imm) {
  return (struct bpf_insn){.code = (__u8)code,
                           .dst_reg = dst & 15u,
                           .src_reg = src & 15u,
                           .off = (__s16)off,
                           .imm = imm};
}

/* The same rules as a program: r2 = type, r3 = access, r4 = major, r5 = minor (struct
 * bpf_cgroup_dev_ctx). */
static size_t device_program(struct bpf_insn* out) {
  enum { kLoad = BPF_LDX | BPF_MEM | BPF_W, kReturn = BPF_JMP | BPF_EXIT };
  enum { kSet = BPF_ALU64 | BPF_MOV | BPF_K, kUnless = BPF_JMP | BPF_JNE | BPF_K };
  size_t n = 0;
  out[n++] = insn(kLoad, 2, 1, 0, 0);
  out[n++] = insn(kLoad, 4, 1, 4, 0);
  out[n++] = insn(kLoad, 5, 1, 8, 0);
  out[n++] = insn(BPF_ALU64 | BPF_MOV | BPF_X, 3, 2, 0, 0);
  out[n++] = insn(BPF_ALU64 | BPF_RSH | BPF_K, 3, 0, 0, 16);
  out[n++] = insn(BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, 0xffff);
  out[n++] = insn(kUnless, 3, 0, 2, BPF_DEVCG_ACC_MKNOD);
  out[n++] = insn(kSet, 0, 0, 0, 1);
  out[n++] = insn(kReturn, 0, 0, 0, 0);
  out[n++] = insn(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 2, BPF_DEVCG_DEV_CHAR);
  out[n++] = insn(kSet, 0, 0, 0, 0);
  out[n++] = insn(kReturn, 0, 0, 0, 0);
  for (size_t i = 0; i < sizeof kDeviceRules / sizeof *kDeviceRules; i++) {
    int any_minor = kDeviceRules[i].minor < 0;
    out[n++] = insn(kUnless, 4, 0, any_minor ? 2 : 3, kDeviceRules[i].major);
    if (!any_minor) out[n++] = insn(kUnless, 5, 0, 2, kDeviceRules[i].minor);
    out[n++] = insn(kSet, 0, 0, 0, 1);
    out[n++] = insn(kReturn, 0, 0, 0, 0);
  }
  out[n++] = insn(kSet, 0, 0, 0, 0);
  out[n++] = insn(kReturn, 0, 0, 0, 0);
  return n;
}

static void limit_devices_v2(int directory) {
  struct bpf_insn program[64];
  union bpf_attr load = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE};
  load.insn_cnt = (__u32)device_program(program);
  load.insns = (__u64)(unsigned long)program;
  load.license = (__u64)(unsigned long)"Apache-2.0";
  int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
  check(fd, "load device program");
  union bpf_attr attach = {.attach_type = BPF_CGROUP_DEVICE};
  attach.target_fd = (__u32)directory;
  attach.attach_bpf_fd = (__u32)fd;
  attach.attach_flags = BPF_F_ALLOW_MULTI;
  check(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach), "attach device program");
  close(fd);
}

void make_cgroups(struct Host* host) {
  host->v2_directory = -1;
  for (int i = 0; i < host->count; i++) {
    struct Hierarchy* h = &host->hierarchies[i];
    check(mkdir(h->cgroup, 0755), h->cgroup);
    if (h->v2) {
      host->v2_directory = open(h->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      check(host->v2_directory, h->cgroup);
      if (host->count == 1) limit_devices_v2(host->v2_directory);
      continue;
    }
    if (strstr(h->controllers, "cpuset") != NULL) {
      inherit_cpuset(h, "cpuset.cpus");
      inherit_cpuset(h, "cpuset.mems");
    }
    if (strstr(h->controllers, "devices") != NULL) limit_devices_v1(h);
    h->tasks = open_below(h->cgroup, "tasks", O_WRONLY);
  }
}

void remove_cgroups(const struct Host* host) {
  for (int i = 0; i < host->count; i++) {
    const char* path = host->hierarchies[i].cgroup;
    int tries = 1000; /* busy until the last task has wholly gone */
    while (rmdir(path) < 0 && errno == EBUSY && tries-- > 0) usleep(1000);
  }
}
