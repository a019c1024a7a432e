// Replaces the null devices among the standard streams that an engine has passed on.
#include "runtime/init/files/streams.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

bool is_null(int fd) {
  struct stat status = {};
  return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

/// Checks the device before it is opened, because opening a device can have effects, and again
/// afterwards.
Fd open_own_null(const Init& init, const char* path) {
  constexpr int kFlags = O_RDWR | O_NOCTTY | O_NONBLOCK;
  const Fd found = resolve(init.root.get(), path, O_PATH, RESOLVE_NO_SYMLINKS);
  if (!found || !is_null(found.get())) return Fd();
  Fd null = resolve(init.root.get(), path, kFlags, RESOLVE_NO_SYMLINKS);
  return null && is_null(null.get()) ? Fd(null.release()) : Fd();
}

}  // namespace

/// Engines pass a null device of the host, and open it read-only even for an output. If the
/// container has none of its own, the engine's stay.
void run(Init& init, const plan::ReplaceNull& step) {
  Fd null;
  for (int stream = 0; stream <= 2; ++stream) {
    if (!is_null(stream)) continue;
    if (!null) null = open_own_null(init, init.text(step.path));
    if (!null) return;
    check(init, dup2(null.get(), stream));
  }
}

}  // namespace berth::init
