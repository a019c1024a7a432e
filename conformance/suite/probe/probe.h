/* The parts of the probe: a program that runs as a container's process, or as a hook, and reports
 * what it has. */
#ifndef PROBE_H
#define PROBE_H

/* The facts of every report. */
void report_process(int argc, char** argv, char** env);
void report_limits(void);
void report_scheduling(void);
void report_files_of_proc(void);

/* The questions among the words of the command line, VERB:ARGUMENT: the answer to one is the member
 * ARGUMENT of the object VERB. */
void answer_questions(int count, char** words);

/* Answers of other files to questions. */
void answer_interface(const char* name);

/* An errno as its name, such as "EPERM"; "ok" for 0. */
const char* errno_name(int number);
/* The text of a file as a JSON string; if it cannot be read, the name of the error in an object:
 * {"error": "ENOENT"}. */
void report_text_of(const char* path);

#endif
