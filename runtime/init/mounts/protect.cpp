#include "runtime/init/mounts/protect.h"

#include <sys/stat.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

// Paths that the program may read but not write, or not even read. Each is opened once; the mount
// that covers it is placed on what was opened.
namespace berth::init {

namespace {

/// Empty if there is no such path, so that nothing needs protection.
Fd open_if_exists(const Init& init, plan::Text place) {
  Fd path = resolve(init.root.get(), init.text(place), O_PATH);
  if (!path && errno != ENOENT && errno != ENOTDIR) report(init, Fault::SystemCall, errno);
  return path;
}

}  // namespace

Fd empty_directory(Init& init, const char* label) {
  if (init.empty) return check(init, sys::open_tree_clone(init.empty.get()));
  const Fd context = check(init, sys::fsopen("tmpfs"));
  if (*label != '\0') {
    check(init, sys::fsconfig(context.get(), FSCONFIG_SET_STRING, "context", label), label);
  }
  init.empty =
      check(init, sys::create_and_mount(context.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                                           MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  return check(init, sys::duplicate(init.empty.get()));
}

void run(Init& init, const plan::ProtectPath& step) {
  const Fd path = open_if_exists(init, step.path);
  if (!path) return;
  const Fd tree = check(init, sys::open_tree_clone(path.get(), AT_RECURSIVE));
  check(init,
        sys::mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0));
  check(init, sys::move_mount(tree.get(), path.get()));
}

void run(Init& init, const plan::MaskPath& step) {
  const Fd path = open_if_exists(init, step.path);
  if (!path) return;
  const struct stat status = status_of(init, path.get());
  const Fd cover = S_ISDIR(status.st_mode) ? empty_directory(init, init.text(step.label))
                                           : check(init, sys::open_tree_clone(init.null.get()));
  check(init, sys::move_mount(cover.get(), path.get()));
}

}  // namespace berth::init
