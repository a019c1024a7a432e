/* threads: `threads COUNT` has that many threads that sleep, prints `ready`, and ends with its
 * input. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void* sleep_on(void* none) {
  for (;;) pause();
  return none;
}

int main(int argc, char** argv) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 16384);
  for (int i = 0; argc == 2 && i < atoi(argv[1]); i++) {
    pthread_t thread;
    if (pthread_create(&thread, &small, sleep_on, NULL) != 0) return 1;
  }
  char byte;
  if (write(STDOUT_FILENO, "ready\n", 6) < 0) return 1;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}
