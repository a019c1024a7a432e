/* floor, the cgroup part: finding the hierarchies, making, limiting and removing the container's
 * cgroups. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "floor.h"

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
static void add_hierarchy(char* line) {
  char mount[128], type[16], options[256];
  char* tail = strstr(line, " - cgroup");
  if (tail == NULL || host.count == kMaxHierarchies) return;
  if (sscanf(line, "%*s %*s %*s %*s %127s", mount) != 1) return;
  if (sscanf(tail, " - %15s %*s %255s", type, options) != 2) return;
  if (strncmp(mount, "/sys/fs/cgroup", 14) != 0) return;
  struct Hierarchy* h = &host.hierarchies[host.count++];
  memcpy(h->mount, mount, sizeof h->mount);
  h->v2 = strcmp(type, "cgroup2") == 0;
  h->tasks = -1;
  if (!h->v2) keep_controllers(options, h->controllers, sizeof h->controllers);
  snprintf(h->cgroup, sizeof h->cgroup, "%s/bench/%s", mount, job.id);
}

void find_hierarchies(void) {
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
  for (char* line; (line = strsep(&rest, "\n")) != NULL;) add_hierarchy(line);
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

/* The limits of the docker-like bundle, where the hierarchy has the controller. */
static void limit_resources(const struct Hierarchy* h) {
  static const struct {
    int v2;
    const char *controller, *file, *value;
  } kLimits[] = {{0, "memory", "memory.limit_in_bytes", "268435456"},
                 {0, "cpu", "cpu.cfs_period_us", "100000"},
                 {0, "cpu", "cpu.cfs_quota_us", "100000"},
                 {0, "pids", "pids.max", "100"},
                 {1, "", "memory.max", "268435456"},
                 {1, "", "cpu.max", "100000 100000"},
                 {1, "", "pids.max", "100"}};
  for (size_t i = 0; i < sizeof kLimits / sizeof *kLimits; i++) {
    if (kLimits[i].v2 != h->v2) continue;
    if (!h->v2 && strcmp(kLimits[i].controller, h->controllers) != 0) continue;
    char path[256];
    snprintf(path, sizeof path, "%s/%s", h->cgroup, kLimits[i].file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && h->v2) continue; /* v1 holds this controller */
    check(fd, path);
    write_text(fd, kLimits[i].value);
    close(fd);
  }
}

void make_v2_directory(void) {
  host.v2_directory = -1;
  for (int i = 0; i < host.count; i++) {
    const char* path = host.hierarchies[i].cgroup;
    if (!host.hierarchies[i].v2) continue;
    check(mkdir(path, 0755), path);
    host.v2_directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    check(host.v2_directory, path);
  }
}

static void make_v1(struct Hierarchy* h) {
  check(mkdir(h->cgroup, 0755), h->cgroup);
  if (strstr(h->controllers, "cpuset") != NULL) {
    inherit_cpuset(h, "cpuset.cpus");
    inherit_cpuset(h, "cpuset.mems");
  }
  if (strstr(h->controllers, "devices") != NULL && job.kind != kMinimal) limit_devices_v1(h);
  h->tasks = open_below(h->cgroup, "tasks", O_WRONLY);
}

void make_cgroups(void) {
  for (int i = 0; i < host.count; i++) {
    struct Hierarchy* h = &host.hierarchies[i];
    if (!h->v2) make_v1(h);
    if (job.kind == kDockerLike) limit_resources(h);
  }
  if (host.count == 1 && host.v2_directory >= 0 && job.kind != kMinimal) {
    limit_devices_v2(host.v2_directory);
  }
}

void enter_cgroups(void) {
  for (int i = 0; i < host.count; i++) {
    if (host.hierarchies[i].tasks >= 0) write_text(host.hierarchies[i].tasks, "0");
  }
}

void remove_cgroup(const char* path) {
  int tries = 1000; /* busy until the last task has wholly gone */
  while (rmdir(path) < 0 && errno == EBUSY && tries-- > 0) usleep(1000);
}
