/* What only /proc says. The texts are reported as they are: the suite takes them apart. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "probe.h"

static const char* const texts[] = {
    "mountinfo", "status",    "cgroup",         "oom_score_adj", "uid_map",
    "gid_map",   "setgroups", "timens_offsets", "attr/current",  "coredump_filter",
};

void report_text_of(const char* path) {
  enum { MOST = 1 << 20 };
  char* text = malloc(MOST);
  size_t length = 0;
  ssize_t got = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = errno;
  while (fd >= 0 && length < MOST && (got = read(fd, text + length, MOST - length)) > 0) {
    length += (size_t)got;
  }
  if (got < 0) {
    error = errno;
  }
  if (fd < 0 || got < 0) {
    json_open('{');
    json_key_string("error", errno_name(error));
    json_close('}');
  } else {
    json_text(text, length);
  }
  if (fd >= 0) {
    close(fd);
  }
  free(text);
}

static void report_namespaces(void) {
  static const char* const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  json_key("namespaces");
  json_open('{');
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; ++i) {
    char path[64];
    struct stat info;
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    if (stat(path, &info) == 0) {
      json_key_integer(names[i], (long long)info.st_ino);
    }
  }
  json_close('}');
}

/* Before the probe opens anything itself: each open descriptor and what it is. */
static void report_descriptors(void) {
  json_key("descriptors");
  json_open('{');
  DIR* directory = opendir("/proc/self/fd");
  for (struct dirent* entry; directory && (entry = readdir(directory));) {
    char path[300];
    char target[4096];
    snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
    ssize_t length = readlink(path, target, sizeof target);
    if (length >= 0 && atoi(entry->d_name) != dirfd(directory)) {
      json_key(entry->d_name);
      json_text(target, (size_t)length);
    }
  }
  if (directory) {
    closedir(directory);
  }
  json_close('}');
}

void report_files_of_proc(void) {
  report_descriptors();
  report_namespaces();
  json_key("proc");
  json_open('{');
  for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/%s", texts[i]);
    json_key(texts[i]);
    report_text_of(path);
  }
  json_close('}');
}
