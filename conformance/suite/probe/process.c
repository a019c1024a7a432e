/* What a process has by system calls alone, so that it can be reported without /proc. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "json.h"
#include "probe.h"

static void report_ids(void) {
  uid_t uids[3];
  gid_t gids[3];
  getresuid(&uids[0], &uids[1], &uids[2]);
  getresgid(&gids[0], &gids[1], &gids[2]);
  json_key("uids"); /* real, effective, saved, of the file system */
  json_open('[');
  for (int i = 0; i < 3; ++i) {
    json_integer(uids[i]);
  }
  json_integer((uid_t)setfsuid((uid_t)-1));
  json_close(']');
  json_key("gids");
  json_open('[');
  for (int i = 0; i < 3; ++i) {
    json_integer(gids[i]);
  }
  json_integer((gid_t)setfsgid((gid_t)-1));
  json_close(']');
  gid_t groups[1024];
  int count = getgroups(1024, groups);
  json_key("groups");
  json_open('[');
  for (int i = 0; i < count; ++i) {
    json_integer(groups[i]);
  }
  json_close(']');
}

static void report_set(const char* name, unsigned long long set) {
  json_key(name);
  json_open('[');
  for (int number = 0; number < 64; ++number) {
    if (set >> number & 1) {
      json_integer(number);
    }
  }
  json_close(']');
}

static void report_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  syscall(SYS_capget, &header, data);
  unsigned long long bounding = 0;
  unsigned long long ambient = 0;
  for (int number = 0; number < 64; ++number) {
    bounding |= (unsigned long long)(prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) << number;
    ambient |= (unsigned long long)(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0) == 1)
               << number;
  }
  json_key("capabilities"); /* by number */
  json_open('{');
  report_set("effective", data[0].effective | (unsigned long long)data[1].effective << 32);
  report_set("permitted", data[0].permitted | (unsigned long long)data[1].permitted << 32);
  report_set("inheritable", data[0].inheritable | (unsigned long long)data[1].inheritable << 32);
  report_set("bounding", bounding);
  report_set("ambient", ambient);
  json_close('}');
}

static void report_signals(void) {
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  json_key("blocked_signals");
  json_open('[');
  for (int number = 1; number < 65; ++number) {
    if (sigismember(&blocked, number) == 1) {
      json_integer(number);
    }
  }
  json_close(']');
  json_key("ignored_signals");
  json_open('[');
  for (int number = 1; number < 65; ++number) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
      json_integer(number);
    }
  }
  json_close(']');
}

static void report_terminal(void) {
  json_key("terminals"); /* which of the standard streams are terminals */
  json_open('[');
  for (int fd = 0; fd < 3; ++fd) {
    json_boolean(isatty(fd));
  }
  json_close(']');
  struct stat info;
  if (isatty(0) && fstat(0, &info) == 0) {
    json_key("terminal");
    json_open('{');
    json_key_integer("major", major(info.st_rdev));
    json_key_integer("minor", minor(info.st_rdev));
    json_close('}');
  }
  struct winsize size;
  if (ioctl(0, TIOCGWINSZ, &size) == 0) {
    json_key("window");
    json_open('{');
    json_key_integer("height", size.ws_row);
    json_key_integer("width", size.ws_col);
    json_close('}');
  }
}

static void report_names(void) {
  struct utsname names;
  uname(&names);
  json_key_string("hostname", names.nodename);
  json_key_string("domainname", names.domainname);
  json_key_string("machine", names.machine);
}

static void report_strings(const char* name, char** strings) {
  json_key(name);
  json_open('[');
  for (; *strings; ++strings) {
    json_string(*strings);
  }
  json_close(']');
}

static void report_keyring(void) {
  char text[256];
  long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof text);
  json_key_string("session_keyring",
                  length > 0 && length <= (long)sizeof text ? text : errno_name(errno));
}

void report_process(int argc, char** argv, char** env) {
  (void)argc;
  json_key_integer("pid", getpid());
  json_key_integer("parent", getppid());
  json_key_integer("process_group", getpgrp());
  json_key_integer("session", getsid(0));
  report_ids();
  mode_t mask = umask(0);
  umask(mask);
  json_key_integer("umask", mask);
  char* directory = getcwd(NULL, 0);
  json_key_string("cwd", directory ? directory : errno_name(errno));
  report_strings("argv", argv);
  report_strings("env", env);
  report_capabilities();
  json_key("no_new_privileges");
  json_boolean(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
  json_key_integer("personality", personality(0xffffffff));
  report_signals();
  report_terminal();
  report_names();
  report_keyring();
}
