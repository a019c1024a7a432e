// Messages to the host. Steps do not return errors: they call report(), which ends the process.
#pragma once

#include <errno.h>
#include <sys/stat.h>

#include "runtime/init/base/fd.h"
#include "runtime/init/base/state.h"

namespace berth::init {

/// Ends the process although a filter may refuse that: _exit(2) would try again for ever.
[[noreturn]] void leave(int status);

/// A message about the step that runs.
plan::Message message_of(const Init& init, plan::Word word, std::uint32_t value = 0);

/// Waits for a message. False: it is not a Go, or it has descriptors, none of which gets into init;
/// or the other side has closed.
bool receive_go(int socket);

/// Sends Failed to the host, or to `start` if that is connected, and exits. A null `subject` means
/// the first text of the step. A null `detail` means the kernel's log of F, if one is open. A
/// hook's process leaves the report to init.
[[noreturn]] void report(const Init& init, Fault fault, int number, const char* subject = nullptr,
                         const char* detail = nullptr);

/// As report(), about a program's file: what was found, if that explains the errno, else the errno.
[[noreturn]] void report(const Init& init, const Finding& finding, int number,
                         const char* subject = nullptr);

/// Reads the last error that the kernel wrote to the log of a file system context; empty: none.
void read_log(int context, char* text, std::size_t size);

/// Maps Init::shared, unless it is: for a process that is about to be forked and shares it, and
/// before a filter, which may refuse that.
void map_shared(Init& init);

/// Returns the result of a system call; reports errno if it failed.
inline int check(const Init& init, int result, const char* subject = nullptr) {
  if (result < 0) report(init, Fault::SystemCall, errno, subject);
  return result;
}
inline Fd check(const Init& init, Fd fd, const char* subject = nullptr) {
  if (!fd) report(init, Fault::SystemCall, errno, subject);
  return fd;
}

/// fstat(2)
inline struct stat status_of(const Init& init, int fd) {
  struct stat status = {};
  check(init, fstat(fd, &status));
  return status;
}

}  // namespace berth::init
