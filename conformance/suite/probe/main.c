/* probe [WORD...] - reports what this process has, as one line of JSON on stdout.
 *
 *   VERB:ARGUMENT   asks a question more (questions.c)
 *   to:PATH         the report is appended to this file instead
 *   stdin           the report has all of stdin as `stdin`
 *   leak            leaves a descriptor open first, as a runtime could
 *   wait            after the report, waits for a signal, writes {"signal": NUMBER} and ends
 *   exit:CODE       the exit code; 0 without it. Where nothing else is asked for, there is no
 * report
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "probe.h"

static const char* value_of(const char* name, int argc, char** argv) {
  size_t length = strlen(name);
  for (int i = 1; i < argc; ++i) {
    if (strncmp(argv[i], name, length) == 0) {
      return argv[i] + length;
    }
  }
  return NULL;
}

static int has_word(const char* word, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], word) == 0) {
      return 1;
    }
  }
  return 0;
}

static void report_stdin(void) {
  static char text[1 << 16];
  size_t length = 0;
  ssize_t got;
  while (length < sizeof text && (got = read(0, text + length, sizeof text - length)) > 0) {
    length += (size_t)got;
  }
  json_key("stdin");
  json_text(text, length);
}

/* The document is one write(2), so that reports of several processes to one file stay apart. */
static int write_report(const char* path, int argc, char** argv, char** env) {
  char* text = NULL;
  size_t length = 0;
  FILE* memory = open_memstream(&text, &length);
  json_to(memory);
  json_open('{');
  report_files_of_proc();
  report_process(argc, argv, env);
  report_limits();
  report_scheduling();
  answer_questions(argc - 1, argv + 1);
  if (has_word("stdin", argc, argv)) {
    report_stdin();
  }
  json_close('}');
  fputc('\n', memory);
  fclose(memory);
  if (has_word("wait", argc, argv)) {
    sigset_t all; /* before the report is out, as a signal may come at once */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
  }
  int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : 1;
  for (size_t written = 0; written < length;) {
    ssize_t more = write(fd, text + written, length - written);
    if (more < 0) {
      fprintf(stderr, "probe: cannot write the report: %s\n", errno_name(errno));
      return 1;
    }
    written += (size_t)more;
  }
  return 0;
}

static int wait_for_signal(void) {
  sigset_t all;
  int number = 0;
  sigfillset(&all);
  do {
    sigwait(&all, &number);
  } while (number == SIGCHLD || number == SIGWINCH);
  return dprintf(1, "{\"signal\": %d}\n", number) < 0;
}

/* Words that the probe does not know are arguments that a check wants to see in `argv`. */
int main(int argc, char** argv, char** env) {
  const char* code = value_of("exit:", argc, argv);
  int result = code ? atoi(code) : 0;
  if (code && argc == 2) {
    return result;
  }
  if (has_word("leak", argc, argv) && open("/", O_RDONLY) < 0) {
    return 122;
  }
  if (write_report(value_of("to:", argc, argv), argc, argv, env) != 0) {
    return 120;
  }
  if (has_word("wait", argc, argv) && wait_for_signal() != 0) {
    return 121;
  }
  return result;
}
