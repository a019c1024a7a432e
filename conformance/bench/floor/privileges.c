/* floor, the process: identity, capabilities and seccomp filter of the bundle. */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "filter.h" /* written by search_tree.py: kFilter */
#include "floor.h"

#define BIT(cap) (1u << (cap))

static const __u32 kKept[] = {
    [kMinimal] = 0,
    [kDefault] = BIT(CAP_AUDIT_WRITE) | BIT(CAP_KILL) | BIT(CAP_NET_BIND_SERVICE),
    [kDockerLike] = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) |
                    BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) | BIT(CAP_SETGID) | BIT(CAP_SETUID) |
                    BIT(CAP_SETFCAP) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) |
                    BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) | BIT(CAP_AUDIT_WRITE)};

static void drop_bounding_set(__u32 keep) {
  for (unsigned cap = 0; cap < 64; cap++) {
    if (cap < 32 && (keep >> cap & 1) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0) continue;
    if (errno != EINVAL) die("bounding set");
    break; /* beyond the last capability of this kernel */
  }
}

static void load_filter(void) {
  struct sock_fprog program = {sizeof kFilter / sizeof *kFilter, (struct sock_filter*)kFilter};
  check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

/* Without no_new_privs a filter needs a capability that the container does not keep, so it comes
 * first. The C library's own calls would tell each thread, of which there are none. */
void drop_privileges(enum Kind kind) {
  static const unsigned kGroups[] = {10};
  const __u32 keep = kKept[kind];
  if (kind == kDockerLike) load_filter();
  drop_bounding_set(keep);
  check(syscall(SYS_setgroups, kind == kDockerLike ? 1 : 0, kGroups), "setgroups");
  check(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
  check(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
  check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};
  check(syscall(SYS_capset, &header, data), "capset");
  if (kind == kDefault) check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}
