/* Resource limits, as getrlimit(2) gives them: RLIM_INFINITY is the largest unsigned number. */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "json.h"
#include "probe.h"

static const struct {
  const char* name;
  int resource;
} limits[] = {
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
};

void report_limits(void) {
  json_key("rlimits");
  json_open('{');
  for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; ++i) {
    struct rlimit limit;
    if (getrlimit(limits[i].resource, &limit) == 0) {
      json_key(limits[i].name);
      json_open('{');
      json_key("soft");
      json_unsigned(limit.rlim_cur);
      json_key("hard");
      json_unsigned(limit.rlim_max);
      json_close('}');
    }
  }
  json_close('}');
}
