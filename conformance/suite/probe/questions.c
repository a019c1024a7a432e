/* The questions that only some checks ask, VERB:ARGUMENT on the command line. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "probe.h"

const char* errno_name(int number) {
  const char* name = strerrorname_np(number);
  return number == 0 ? "ok" : name ? name : "unknown";
}

static void report_attempt(int result) { json_string(errno_name(result < 0 ? errno : 0)); }

static const char* type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return "directory";
    case S_IFCHR:
      return "character device";
    case S_IFBLK:
      return "block device";
    case S_IFIFO:
      return "fifo";
    case S_IFLNK:
      return "link";
    case S_IFSOCK:
      return "socket";
    default:
      return "file";
  }
}

static void answer_path(const char* path) {
  struct stat info;
  json_open('{');
  if (lstat(path, &info) != 0) {
    json_key_string("error", errno_name(errno));
  } else {
    json_key_string("type", type_of(info.st_mode));
    json_key_integer("mode", info.st_mode & 07777);
    json_key_integer("uid", info.st_uid);
    json_key_integer("gid", info.st_gid);
    json_key_integer("size", info.st_size);
    json_key_integer("inode", (long long)info.st_ino);
    json_key_integer("file_system", (long long)info.st_dev);
    json_key_integer("major", major(info.st_rdev));
    json_key_integer("minor", minor(info.st_rdev));
    char target[4096];
    ssize_t length = readlink(path, target, sizeof target);
    if (length >= 0) {
      json_key("target");
      json_text(target, (size_t)length);
    }
  }
  json_close('}');
}

static void answer_list(const char* path) {
  DIR* directory = opendir(path);
  if (!directory) {
    json_string(errno_name(errno));
    return;
  }
  json_open('[');
  for (struct dirent* entry; (entry = readdir(directory));) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
      json_string(entry->d_name);
    }
  }
  json_close(']');
  closedir(directory);
}

/* An attempt to open; what was opened is closed at once. */
static void try_to_open(const char* path, int flags) {
  int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
  report_attempt(fd);
  if (fd >= 0) {
    close(fd);
  }
}

static void answer_open(const char* path) { try_to_open(path, O_RDONLY); }
static void answer_open_to_write(const char* path) { try_to_open(path, O_WRONLY); }
static void answer_create(const char* path) { try_to_open(path, O_WRONLY | O_CREAT); }
static void answer_make_directory(const char* path) { report_attempt(mkdir(path, 0755)); }
static void answer_remove(const char* path) { report_attempt(remove(path)); }
static void answer_mount(const char* path) {
  report_attempt(mount("none", path, "tmpfs", 0, NULL));
}

/* mknod:PATH or mknod:PATH=TYPE,MAJOR,MINOR; without the latter a null device. */
static void answer_make_device(const char* argument) {
  char path[4096] = "";
  char type = 'c';
  unsigned major = 1;
  unsigned minor = 3;
  sscanf(argument, "%4095[^=]=%c,%u,%u", path, &type, &major, &minor);
  report_attempt(mknod(path, (type == 'b' ? S_IFBLK : S_IFCHR) | 0600, makedev(major, minor)));
}

/* write:PATH=TEXT */
static void answer_write(const char* argument) {
  char* path = strdup(argument);
  char* text = strchr(path, '=');
  if (text) {
    *text++ = 0;
  }
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  ssize_t length = text ? (ssize_t)strlen(text) : 0;
  report_attempt(fd < 0 || write(fd, text, (size_t)length) != length ? -1 : 0);
  if (fd >= 0) {
    close(fd);
  }
  free(path);
}

/* exec:PATH runs a program without arguments; its exit code, or the name of execve's error. */
static void answer_exec(const char* path) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    json_string(errno_name(errno));
    return;
  }
  pid_t child = fork();
  if (child == 0) {
    char* const arguments[] = {(char*)path, "exit:0", NULL};
    dup2(open("/dev/null", O_WRONLY), 1);
    execv(path, arguments);
    int error = errno;
    _exit(write(report[1], &error, sizeof error) == sizeof error ? 126 : 127);
  }
  int error = child < 0 ? errno : 0;
  close(report[1]);
  ssize_t got = child < 0 ? (ssize_t)sizeof error : read(report[0], &error, sizeof error);
  close(report[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (got == sizeof error) {
    json_string(errno_name(error));
  } else {
    json_integer(WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  }
}

static long call(const char* argument) {
  long numbers[7] = {0};
  char* next = (char*)argument;
  for (int i = 0; i < 7 && *next; ++i) {
    numbers[i] = strtol(next, &next, 0);
    next += *next == ',';
  }
  return syscall(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5],
                 numbers[6]);
}

/* syscall:NUMBER or syscall:NUMBER,ARGUMENT,...: the name of its error; what it returns is not
 * reported. */
static void answer_syscall(const char* argument) { report_attempt(call(argument) == -1 ? -1 : 0); }

/* child:NUMBER,...: what becomes of a child that makes this call: the name of the call's error, or
 * the number of the signal that ends it. */
static void answer_child(const char* argument) {
  pid_t child = fork();
  if (child == 0) {
    _exit(call(argument) == -1 ? errno : 0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) {
    json_string(errno_name(errno));
  } else if (WIFSIGNALED(status)) {
    json_integer(WTERMSIG(status));
  } else {
    json_string(errno_name(WEXITSTATUS(status)));
  }
}

static void answer_environment(const char* name) {
  const char* value = getenv(name);
  json_string(value ? value : "");
}

static const struct {
  const char* verb;
  void (*answer)(const char*);
} verbs[] = {
    {"path", answer_path},
    {"read", report_text_of},
    {"list", answer_list},
    {"open", answer_open},
    {"open_to_write", answer_open_to_write},
    {"write", answer_write},
    {"create", answer_create},
    {"mkdir", answer_make_directory},
    {"remove", answer_remove},
    {"mount", answer_mount},
    {"mknod", answer_make_device},
    {"exec", answer_exec},
    {"syscall", answer_syscall},
    {"child", answer_child},
    {"getenv", answer_environment},
    {"interface", answer_interface},
};

static int asks(const char* word, const char* verb) {
  size_t length = strlen(verb);
  return strncmp(word, verb, length) == 0 && word[length] == ':';
}

void answer_questions(int count, char** words) {
  for (unsigned i = 0; i < sizeof verbs / sizeof verbs[0]; ++i) {
    int opened = 0;
    for (int word = 0; word < count; ++word) {
      if (!asks(words[word], verbs[i].verb)) {
        continue;
      }
      if (!opened++) {
        json_key(verbs[i].verb);
        json_open('{');
      }
      const char* argument = words[word] + strlen(verbs[i].verb) + 1;
      json_key(argument);
      verbs[i].answer(argument);
    }
    if (opened) {
      json_close('}');
    }
  }
}
