// The working directory of the program. It is found like every other path of the container: below
// the root, without magic links. A magic link could lead to a directory that only init has open,
// and from there below the mounts that cover it.
#include "runtime/init/files/directory.h"

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

Fd find(int root, const char* path) { return resolve(root, path, O_PATH | O_DIRECTORY); }

/// Makes it as mkdir -p does; the last part gets the owner. If the result is empty, errno says why.
Fd make(int root, const char* path, plan::Owner owner) {
  Fd made = open_or_make(root, path, Node::Directory);
  const bool is_owned = made && fchownat(made.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH) == 0;
  return is_owned ? static_cast<Fd&&>(made) : Fd();
}

bool enter(const Init& init, const plan::ChangeDirectory& step) {
  const char* const path = init.text(step.path);
  const Fd root = check(init, Fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), "/");
  Fd directory = find(root.get(), path);
  if (!directory && errno == ENOENT && step.makes_missing) {
    directory = make(root.get(), path, step.owner);
  }
  return directory && fchdir(directory.get()) == 0;
}

/// The kernel marks a directory that cannot be reached from init's root. getcwd(2), C
/// library/kernel differences
void check_place(const Init& init) {
  char path[PATH_MAX];
  check(init, sys::call(SYS_getcwd, path, sizeof path));
  if (path[0] != '/') report(init, Fault::OutsideRoot, 0);
}

}  // namespace

void run(Init& init, const plan::MakeWorkingDirectory& step) {
  const char* path = init.text(step.path);
  if (!find(init.root.get(), path) && errno == ENOENT) {
    (void)make(init.root.get(), path,
               step.owner);  // a failure is reported by ChangeDirectory
  }
}

void run(Init& init, const plan::ChangeDirectory& step) {
  if (init.has_directory) return;
  init.has_directory = enter(init, step);
  if (init.has_directory) return check_place(init);
  const bool may_be_refused = step.refusal == plan::Errors::Tolerate;
  if (may_be_refused && (errno == EACCES || errno == EPERM)) return;
  report(init, Fault::SystemCall, errno);
}

}  // namespace berth::init
