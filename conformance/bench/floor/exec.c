/* floor, `exec`: one more process in a container that is running. The child is born in its v2
 * cgroup and enters the v1 ones by its own `0` in `tasks`; one setns joins all namespaces, and a
 * fork enters the pid namespace. */
#define _GNU_SOURCE
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "floor.h"

static __attribute__((noreturn)) void process(int container) {
  char* const arguments[] = {job.program, NULL};
  static char* const kEnvironment[] = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", NULL};
  static const struct rlimit kFiles = {1024, 1024};
  const int others = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  enter_cgroups();
  check(setns(container, CLONE_NEWNS | CLONE_NEWPID | (job.kind == kMinimal ? 0 : others)),
        "setns");
  check(setsid(), "setsid");
  check(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "session keyring");
  if (job.kind == kDefault) check(setrlimit(RLIMIT_NOFILE, &kFiles), "rlimit");
  long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (pid != 0) _exit(pid < 0 ? kFailed : 0);
  drop_privileges(job.kind);
  execve(arguments[0], arguments, kEnvironment);
  die(arguments[0]);
}

/* Both the process that joins and the one that executes are children of this one. */
static int wait_for_all(void) {
  int status = 0, last = 0;
  while (wait(&status) > 0) {
    if (status != 0) last = status;
  }
  return WIFEXITED(last) ? WEXITSTATUS(last) : 128 + WTERMSIG(last);
}

int exec_in_it(void) {
  struct clone_args args = {.exit_signal = SIGCHLD};
  int container = find_container();
  if (host.v2_directory >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (__u64)host.v2_directory;
  }
  long pid = syscall(SYS_clone3, &args, sizeof args);
  check(pid, "clone3");
  if (pid == 0) process(container);
  return wait_for_all();
}
