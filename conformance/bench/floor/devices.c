/* floor, the device rules: as lines for v1, as a program for v2. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

#include "floor.h"

struct DeviceRule {
  int major, minor; /* minor -1: every one */
};

/* Beside these every device may be made (mknod), as runc and crun have it; 5:1 is docker-like's. */
static const struct DeviceRule kDeviceRules[] = {
    {1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 2}, {136, -1}, {5, 1},
};

static size_t rule_count(void) {
  return sizeof kDeviceRules / sizeof *kDeviceRules - (job.kind != kDockerLike);
}

void limit_devices_v1(const struct Hierarchy* h) {
  char path[256];
  snprintf(path, sizeof path, "%s/devices.deny", h->cgroup);
  write_file(path, "a");
  snprintf(path, sizeof path, "%s/devices.allow", h->cgroup);
  int allow = open(path, O_WRONLY | O_CLOEXEC);
  check(allow, path);
  write_text(allow, "c *:* m");
  write_text(allow, "b *:* m");
  for (size_t i = 0; i < rule_count(); i++) {
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
  for (size_t i = 0; i < rule_count(); i++) {
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

void limit_devices_v2(int directory) {
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
