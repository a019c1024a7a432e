/* floor: what the kernel asks for a container, and nothing on top of it.
 *
 *     floor run|create|overlapped-run|overlapped-create KIND BUNDLE ROOT ID PROGRAM
 *     floor start|state|kill|delete|list|exec KIND BUNDLE ROOT ID PROGRAM
 *
 * `run` executes PROGRAM of BUNDLE/rootfs and exits with its code; `create` leaves a child that
 * waits before it does so, and a record of it in ROOT/ID. The bundles are compiled in by
 * hand: no JSON, no options, no checks beyond the errors of the calls themselves, and `run` keeps
 * no record. So its time is the lower bound for any runtime that does the same work. Two liberties
 * that a runtime could take as well: the child shares memory and descriptors with the parent until
 * exec, and all mounts but binds are made after pivot_root, where no symbolic link of the image can
 * lead out. A cgroup is entered by being born in it (v2) or by the child's own `0` in `tasks` (v1):
 * a pid written from outside would wait milliseconds for an RCU grace period. */
#define _GNU_SOURCE
#include "floor.h"

#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct Job job = {.gate = -1};
struct Host host;
struct Signs signs = {.child = 1};

void set_sign(int* sign, int value) {
  __atomic_store_n(sign, value, __ATOMIC_RELEASE);
  syscall(SYS_futex, sign, FUTEX_WAKE, 1, NULL, NULL, 0);
}

int wait_while(const int* sign, int old) {
  int now;
  while ((now = __atomic_load_n(sign, __ATOMIC_ACQUIRE)) == old) {
    syscall(SYS_futex, sign, FUTEX_WAIT, old, NULL, NULL, 0);
  }
  return now;
}

/* clone3 with a stack of its own for the child, which runs container() and does not return. */
static long clone_container(struct clone_args* args) {
#ifndef __x86_64__
#error "floor is written for x86-64, as is the seccomp filter that it loads"
#endif
  static _Alignas(16) char stack[65536];
  void (*entry)(void) = container;
  long result;
  args->stack = (__u64)stack;
  args->stack_size = sizeof stack;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "call *%[entry]\n"
      "1:"
      : "=a"(result)
      : "0"(SYS_clone3), "D"(args), "S"(sizeof *args), [entry] "b"(entry)
      : "rcx", "r11", "memory", "cc");
  if (result < 0) errno = (int)-result;
  return result;
}

static int launch(void) {
  static struct clone_args args = {
      .flags = CLONE_VM | CLONE_FILES | CLONE_CHILD_CLEARTID | CLONE_NEWPID,
      .exit_signal = SIGCHLD};
  const __u64 others =
      job.kind == kMinimal ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  args.child_tid = (__u64)&signs.child;
  if (!job.overlapped) args.flags |= others;
  find_hierarchies();
  make_v2_directory();
  if (host.v2_directory >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (__u64)host.v2_directory;
  }
  if (!job.overlapped) make_cgroups();
  signs.cgroups = !job.overlapped;
  long pid = clone_container(&args);
  check(pid, "clone3");
  if (job.overlapped) {
    make_cgroups();
    set_sign(&signs.cgroups, 1);
  }
  return (int)pid;
}

static int run(void) {
  int status = 0;
  int pid = launch();
  check(waitpid(pid, &status, 0), "waitpid");
  for (int i = 0; i < host.count; i++) remove_cgroup(host.hierarchies[i].cgroup);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int overlapped_run(void) {
  job.overlapped = 1;
  return run();
}

static int create(void) {
  job.waits = 1;
  make_gate();
  int pid = launch();
  if (wait_while(&signs.child, 1) != 2) return kFailed;
  write_record(pid);
  return 0;
}

static int overlapped_create(void) {
  job.overlapped = 1;
  return create();
}

int main(int argc, char** argv) {
  static const struct {
    const char* name;
    int (*act)(void);
  } kVerbs[] = {{"run", run},         {"overlapped-run", overlapped_run},
                {"create", create},   {"overlapped-create", overlapped_create},
                {"start", start},     {"state", state},
                {"kill", kill_it},    {"delete", delete_it},
                {"exec", exec_in_it}, {"list", list}};
  static const char* const kKinds[] = {"minimal", "default", "docker-like"};
  for (size_t i = 0; argc == 7 && i < sizeof kVerbs / sizeof *kVerbs; i++) {
    if (strcmp(argv[1], kVerbs[i].name) != 0) continue;
    for (job.kind = kMinimal; job.kind <= kDockerLike; job.kind++) {
      if (strcmp(argv[2], kKinds[job.kind]) != 0) continue;
      job.bundle = argv[3];
      job.root = argv[4];
      job.id = argv[5];
      job.program = argv[6];
      return kVerbs[i].act();
    }
  }
  dprintf(STDERR_FILENO, "usage: floor VERB minimal|default|docker-like BUNDLE ROOT ID PROGRAM\n");
  return kFailed;
}
