/* nothing: the least program, in place of /bin/true where a count must not be the C library's. */
void _start(void) {
  __asm__ volatile("syscall" : : "a"(231 /* exit_group */), "D"(0));
  __builtin_unreachable();
}
