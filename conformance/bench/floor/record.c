/* floor, the record of a created container, and the verbs that read it.
 *
 * ROOT/ID/record is the pid of the container's first process, its start time (proc_pid_stat(5),
 * field 22), and a line for each cgroup: its version and its path. ROOT/ID/gate is a FIFO that is
 * removed when the container is started. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "floor.h"

struct Record {
  int pid;
  unsigned long long started;
  char* cgroups; /* the lines behind the first */
};

static char text[8192];

static const char* path_of(const char* id, const char* file) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s/%s", job.root, id, file);
  return path;
}

/* Returns 0 if there is no such file. */
static int read_text(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t size = read(fd, text, sizeof text - 1);
  close(fd);
  text[size < 0 ? 0 : size] = '\0';
  return size > 0;
}

/* The start time of the process, which with its pid names it for good; 0 if it has ended. */
static unsigned long long start_time_of(int pid) {
  char path[32], letter;
  unsigned long long started;
  static char line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t size = read(fd, line, sizeof line - 1);
  close(fd);
  if (size <= 0) return 0;
  line[size] = '\0';
  const char* tail = strrchr(line, ')');
  if (tail == NULL || sscanf(tail,
                             ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                             "%*d %*d %llu",
                             &letter, &started) != 2) {
    return 0;
  }
  return letter == 'Z' || letter == 'X' ? 0 : started;
}

static struct Record read_record(const char* id) {
  struct Record record;
  check(read_text(path_of(id, "record")) ? 0 : -1, id);
  record.pid = (int)strtol(text, &record.cgroups, 10);
  record.started = strtoull(record.cgroups, &record.cgroups, 10);
  return record;
}

/* Calls `act` for each cgroup of the record. */
static void each_cgroup(struct Record* record, void (*act)(int version, const char* path)) {
  char* rest = record->cgroups + 1;
  for (char* line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';)
    act(line[0] - '0', line + 2);
}

void make_gate(void) {
  char directory[512];
  snprintf(directory, sizeof directory, "%s/%s", job.root, job.id);
  check(mkdir(directory, 0700), directory);
  check(mkfifo(path_of(job.id, "gate"), 0600), "gate");
  job.gate = open(path_of(job.id, "gate"), O_RDWR | O_CLOEXEC);
  check(job.gate, "gate");
}

void write_record(int pid) {
  size_t used = (size_t)snprintf(text, sizeof text, "%d %llu\n", pid, start_time_of(pid));
  for (int i = 0; i < host.count; i++) {
    used += (size_t)snprintf(text + used, sizeof text - used, "%d %s\n", 1 + host.hierarchies[i].v2,
                             host.hierarchies[i].cgroup);
  }
  int fd = open(path_of(job.id, "record"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  check(fd, "record");
  write_text(fd, text);
  close(fd);
}

static const char* status_of(const char* id, const struct Record* record) {
  if (start_time_of(record->pid) != record->started) return "stopped";
  return access(path_of(id, "gate"), F_OK) == 0 ? "created" : "running";
}

int start(void) {
  struct Record record = read_record(job.id);
  if (start_time_of(record.pid) != record.started) return kFailed;
  int gate = open(path_of(job.id, "gate"), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  check(gate, "gate");
  write_text(gate, "x");
  close(gate);
  check(unlink(path_of(job.id, "gate")), "gate");
  return 0;
}

int state(void) {
  struct Record record = read_record(job.id);
  dprintf(
      STDOUT_FILENO,
      "{\"ociVersion\":\"1.0.2\",\"id\":\"%s\",\"status\":\"%s\",\"pid\":%d,\"bundle\":\"%s\"}\n",
      job.id, status_of(job.id, &record), record.pid, job.bundle);
  return 0;
}

/* The process is held before it is compared, so that the signal cannot go to another one. */
int kill_it(void) {
  struct Record record = read_record(job.id);
  int process = (int)syscall(SYS_pidfd_open, record.pid, 0);
  check(process, "pidfd_open");
  if (start_time_of(record.pid) != record.started) return kFailed;
  check(syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0), "kill");
  return 0;
}

static void remove_it(int version, const char* path) {
  (void)version;
  remove_cgroup(path);
}

int delete_it(void) {
  struct Record record = read_record(job.id);
  if (start_time_of(record.pid) == record.started) return kFailed;
  each_cgroup(&record, remove_it);
  unlink(path_of(job.id, "gate")); /* there, if it was never started */
  check(unlink(path_of(job.id, "record")), "record");
  check(rmdir(path_of(job.id, "")), job.id);
  return 0;
}

int list(void) {
  DIR* directory = opendir(job.root);
  check(directory == NULL ? -1 : 0, job.root);
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    struct Record record = read_record(entry->d_name);
    printf("%s\t%d\t%s\n", entry->d_name, record.pid, status_of(entry->d_name, &record));
  }
  fflush(stdout);
  return 0;
}

/* ---- exec ------------------------------------------------------------------------------------ */

static void open_cgroup(int version, const char* path) {
  char tasks[256];
  struct Hierarchy* h = &host.hierarchies[host.count++];
  h->v2 = version == 2;
  h->tasks = -1;
  snprintf(tasks, sizeof tasks, "%s/tasks", path);
  int fd = h->v2 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : open(tasks, O_WRONLY | O_CLOEXEC);
  check(fd, path);
  *(h->v2 ? &host.v2_directory : &h->tasks) = fd;
}

int find_container(void) {
  struct Record record = read_record(job.id);
  int process = (int)syscall(SYS_pidfd_open, record.pid, 0);
  check(process, "pidfd_open");
  if (start_time_of(record.pid) != record.started) _exit(kFailed);
  host.v2_directory = -1;
  each_cgroup(&record, open_cgroup);
  return process;
}
