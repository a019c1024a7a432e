/* What floor.c and floor_cgroup.c share: the host's cgroup hierarchies, and how a failing call ends
 * the program. */
#ifndef FLOOR_H
#define FLOOR_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { kMaxHierarchies = 24, kFailed = 125 };

/* One mounted cgroup hierarchy, and the container's cgroup in it. */
struct Hierarchy {
  char mount[128];       /* where the host has it, below /sys/fs/cgroup */
  char controllers[128]; /* v1: what a mount inside the container asks for */
  char cgroup[192];      /* the container's directory */
  int v2;
  int tasks; /* v1: opened before the clone, written by the child; else -1 */
};

struct Host {
  struct Hierarchy hierarchies[kMaxHierarchies];
  int count;
  int v2_directory; /* where the child is born; -1 without cgroup2 */
};

/* Finds the mounted hierarchies in /proc/self/mountinfo. */
void find_hierarchies(struct Host* host);
/* Makes the container's cgroup in each, with the device rules of the default bundle. */
void make_cgroups(struct Host* host);
/* Removes what make_cgroups made, also half-made; waits for the last task to be gone. */
void remove_cgroups(const struct Host* host);

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

#endif
