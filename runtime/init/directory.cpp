// The working directory of the program. It is found like every other path of the container: below
// the root, without magic links. One of those could lead to what only we have open, and from there
// below what covers it.
#include "runtime/init/paths.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

namespace {

Fd find(int root, const char* path) { return resolve(root, path, O_PATH | O_DIRECTORY); }

/// As mkdir -p does; the last part gets the owner. An empty Fd: see errno.
Fd make(int root, const Init& init, const Step& step) {
  Fd made = open_or_make(root, init.text(step, 0), Node::Directory);
  if (made && fchownat(made.get(), "", static_cast<uid_t>(step.number[1] >> 32),
                       static_cast<gid_t>(step.number[1]), AT_EMPTY_PATH) < 0) {
    return Fd();
  }
  return made;
}

bool enter(const Init& init, const Step& step) {
  const Fd root = check(init, Fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), "/");
  Fd directory = find(root.get(), init.text(step, 0));
  if (!directory && errno == ENOENT) directory = make(root.get(), init, step);
  return directory && fchdir(directory.get()) == 0;
}

/// The kernel marks a directory that no name below our root leads to. getcwd(2), C library/kernel
/// differences
void check_place(const Init& init) {
  char path[PATH_MAX];
  check(init, sys::call(SYS_getcwd, path, sizeof path));
  if (path[0] != '/') report(init, Fault::OutsideRoot, 0);
}

}  // namespace

void make_working_directory(Init& init, const Step& step) {
  if (!find(init.root.get(), init.text(step, 0)) && errno == ENOENT) {
    (void)make(init.root.get(), init, step);  // what fails here fails again in change_directory
  }
}

void change_directory(Init& init, const Step& step) {
  if (init.has_directory) return;
  const bool may_be_refused = step.number[0] == 1;
  init.has_directory = enter(init, step);
  if (init.has_directory) return check_place(init);
  if (may_be_refused && (errno == EACCES || errno == EPERM)) return;
  report(init, Fault::SystemCall, errno);
}

}  // namespace berth::init
