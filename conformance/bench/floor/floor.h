/* floor: what all parts share. The job and the hierarchies are globals, as in a program that does
 * one thing once; the child sees them because it shares the parent's memory. */
#ifndef FLOOR_H
#define FLOOR_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { kMaxHierarchies = 24, kFailed = 125 };

/* Each bundle asks for what the one before asks for, and for more; bundles.py writes their
 * config.json. */
enum Kind { kMinimal, kDefault, kDockerLike };

/* One mounted cgroup hierarchy, and the container's cgroup in it. */
struct Hierarchy {
  char mount[128];       /* where the host has it, below /sys/fs/cgroup */
  char controllers[128]; /* v1: what a mount inside the container asks for */
  char cgroup[192];      /* the container's directory */
  int v2;
  int tasks; /* v1: opened by the parent, written by the child; else -1 */
};

struct Host {
  struct Hierarchy hierarchies[kMaxHierarchies];
  int count;
  int v2_directory; /* where the child is born; -1 without cgroup2 */
};

struct Job {
  enum Kind kind;
  int overlapped;     /* the parent makes the cgroups while the child unshares and mounts */
  int waits;          /* `create`: the child waits for a byte in `gate` before exec */
  int gate;           /* a FIFO, open for reading and writing; else -1 */
  const char* bundle; /* has rootfs and the three files that docker-like binds */
  const char* root;   /* where the records are */
  const char* id;
  char* program; /* executed with one argument, 1000, for /bin/sleep */
};

extern struct Job job;
extern struct Host host;

/* Hand-overs between parent and child: words that only grow, each waited for with a futex. */
struct Signs {
  int cgroups; /* 1: the child may enter them */
  int child;   /* 1: alive; 2: waits at the gate; 0: it has ended, by CLONE_CHILD_CLEARTID */
};
extern struct Signs signs;
void set_sign(int* sign, int value);
/* Returns the value that is not `old` any more. */
int wait_while(const int* sign, int old);

/* cgroup.c */
void find_hierarchies(void);          /* from /proc/self/mountinfo */
void make_v2_directory(void);         /* the one that the child is born in */
void make_cgroups(void);              /* the others, and what limits them */
void enter_cgroups(void);             /* the child enters those of v1 */
void remove_cgroup(const char* path); /* waits for the last task to be gone */

/* devices.c: the device rules of the bundle */
void limit_devices_v1(const struct Hierarchy* hierarchy);
void limit_devices_v2(int directory);

/* container.c and mounts.c: the child, from its first instruction to exec */
void container(void);
void make_root(void); /* from the host's root to a finished one, but for its cgroups */
void mount_cgroups(void);
void finish_root(void); /* what must come last: paths hidden, the root read-only */

/* privileges.c */
void drop_privileges(enum Kind kind);

/* record.c: the verbs on a container that `create` has made */
void make_gate(void);
void write_record(int pid);
int start(void);
int state(void);
int kill_it(void);
int delete_it(void);
int list(void);
/* The process of a container as a descriptor; its cgroups are opened in `host`. */
int find_container(void);

/* exec.c */
int exec_in_it(void);

static inline __attribute__((noreturn)) void die(const char* what) {
  dprintf(STDERR_FILENO, "floor: %s: %s\n", what, strerror(errno));
  _exit(kFailed);
}

static inline void check(long result, const char* what) {
  if (result < 0) die(what);
}

static inline void write_text(int fd, const char* text) {
  check(write(fd, text, strlen(text)), text);
}

/* container.c: opens, writes and closes a file that exists. */
void write_file(const char* path, const char* text);

#endif
