/* stopwatch: what a program costs, from spawn to reaped.
 *
 *     stopwatch COUNT AT_ONCE PROGRAM ARG...    runs it COUNT times, AT_ONCE at a time
 *
 * In each ARG, `%` is replaced with the number of the run. Prints one line of JSON: wall time of
 * all, then sums of user and system time, voluntary context switches and page faults, each of the
 * process and of the children that it reaped, then the largest peak memory. A program of its own
 * because the kernel counts the memory of the one that spawns into the peak of the one that is
 * spawned, and an interpreter has ten times that of a runtime. The exit code is the first one that
 * is not 0. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kMostWords = 64, kLongest = 512, kFailed = 125 };

extern char** environ;

static char* with_number(const char* word, int number, char* out) {
  const char* mark = strchr(word, '%');
  if (mark == NULL) return (char*)word;
  snprintf(out, kLongest, "%.*s%d%s", (int)(mark - word), word, number, mark + 1);
  return out;
}

static void spawn(char** words, int number, const posix_spawn_file_actions_t* quiet) {
  static char space[kMostWords][kLongest];
  char* arguments[kMostWords + 1];
  int count = 0;
  for (; words[count] != NULL && count < kMostWords; count++) {
    arguments[count] = with_number(words[count], number, space[count]);
  }
  arguments[count] = NULL;
  pid_t pid;
  int error = posix_spawn(&pid, arguments[0], quiet, NULL, arguments, environ);
  if (error != 0) {
    dprintf(STDERR_FILENO, "stopwatch: %s: %s\n", arguments[0], strerror(error));
    exit(kFailed);
  }
}

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

int main(int argc, char** argv) {
  if (argc < 4) return kFailed;
  const int count = atoi(argv[1]), at_once = atoi(argv[2]);
  int started = 0, ended = 0, code = 0;
  long cpu = 0, switches = 0, faults = 0, peak = 0;
  struct timespec begin, end;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  while (ended < count) {
    for (; started < count && started - ended < at_once; started++)
      spawn(argv + 3, started, &quiet);
    int status;
    struct rusage usage;
    if (wait4(-1, &status, 0, &usage) < 0) return kFailed;
    ended++;
    cpu += microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    switches += usage.ru_nvcsw;
    faults += usage.ru_minflt;
    if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
    if (code == 0) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  const double wall =
      (double)(end.tv_sec - begin.tv_sec) * 1e6 + (double)(end.tv_nsec - begin.tv_nsec) / 1e3;
  printf("{\"wall\": %.1f, \"cpu\": %ld, \"switches\": %ld, \"faults\": %ld, \"peak\": %ld}\n",
         wall, cpu, switches, faults, peak);
  return code;
}
