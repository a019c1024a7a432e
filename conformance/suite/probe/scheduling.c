/* When and where the process runs: scheduler, I/O priority, CPUs, memory policy. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "json.h"
#include "probe.h"

enum { IO_PROCESS = 1, IO_CLASS_SHIFT = 13, MEMORY_NODES = 1024 };

struct scheduling { /* struct sched_attr of the kernel, version 0 */
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

static void report_scheduler(void) {
  struct scheduling now;
  memset(&now, 0, sizeof now);
  if (syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) != 0) {
    return;
  }
  json_key("scheduler");
  json_open('{');
  json_key_integer("policy", now.policy);
  json_key_integer("flags", (long long)now.flags);
  json_key_integer("nice", now.nice);
  json_key_integer("priority", now.priority);
  json_key_integer("runtime", (long long)now.runtime);
  json_key_integer("deadline", (long long)now.deadline);
  json_key_integer("period", (long long)now.period);
  json_close('}');
}

static void report_memory_policy(void) {
  unsigned long nodes[MEMORY_NODES / (8 * sizeof(unsigned long))];
  int mode = 0;
  memset(nodes, 0, sizeof nodes);
  json_key("memory_policy");
  json_open('{');
  if (syscall(SYS_get_mempolicy, &mode, nodes, MEMORY_NODES, 0, 0) == 0) {
    json_key_integer("mode", mode & 0xff);
    json_key_integer("flags", mode & ~0xff);
    json_key("nodes");
    json_open('[');
    for (unsigned node = 0; node < MEMORY_NODES; ++node) {
      if (nodes[node / (8 * sizeof nodes[0])] >> node % (8 * sizeof nodes[0]) & 1) {
        json_integer(node);
      }
    }
    json_close(']');
  } else {
    json_key_string("error", errno_name(errno));
  }
  json_close('}');
}

void report_scheduling(void) {
  report_scheduler();
  long io = syscall(SYS_ioprio_get, IO_PROCESS, 0);
  json_key("io_priority");
  json_open('{');
  json_key_integer("class", io >> IO_CLASS_SHIFT);
  json_key_integer("priority", io & ((1 << IO_CLASS_SHIFT) - 1));
  json_close('}');
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  json_key("cpus");
  json_open('[');
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) {
      json_integer(cpu);
    }
  }
  json_close(']');
  report_memory_policy();
}
