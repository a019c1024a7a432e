// Puts the container's root in place, and enters it. Paths of the host go to the kernel here, as
// long as they mean something.
#include "runtime/init/mounts/root.h"

#include <sched.h>
#include <sys/stat.h>

#include <utility>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/mounts/protect.h"

namespace berth::init {

namespace {

// MNT_DETACH, UMOUNT_NOFOLLOW: <sys/mount.h> conflicts with <linux/mount.h>.
constexpr int kDetach = 2, kNoFollow = 8;

void set_root(Init& init, plan::Slot root) {
  init.root = check(init, sys::duplicate(init.fd(root)));
  init.mount = check(init, sys::duplicate(init.fd(root)));
}

bool is_same_file(const Init& init, int one, int other) {
  const struct stat first = status_of(init, one), second = status_of(init, other);
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// Empty for "/": a mount there covers it, so a descriptor of it is useless.
Fd unless_root(const Init& init, Fd directory) {
  const Fd root = check(init, Fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), "/");
  return is_same_file(init, directory.get(), root.get()) ? Fd() : std::move(directory);
}

/// Dropping P by itself would wait for a grace period of the whole kernel. Attached where the root
/// was, it goes with the old tree at no cost.
void bury_proc(const Init& init) {
  if (init.proc && init.root_place) {
    (void)sys::move_mount(init.proc.get(), init.root_place.get());
  }
}

/// Afterwards the old root is mounted on the new one, and "." still names it. pivot_root(2), NOTES
void pivot(const Init& init) {
  check(init, sys::call(SYS_pivot_root, ".", "."));
  bury_proc(init);
  check(init, sys::call(SYS_umount2, ".", kDetach));
}

void move_over_root(const Init& init) {
  check(init,
        sys::call(SYS_move_mount, init.root.get(), "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
}

}  // namespace

void run(Init& init, const plan::DetachPropagation& step) {
  check(init, sys::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, 0, 0, step.type.type));
}

void run(Init& init, const plan::AttachRoot& step) {
  set_root(init, step.tree);
  Fd place =
      sys::openat2(AT_FDCWD, init.text(step.path), O_PATH | O_DIRECTORY, RESOLVE_NO_MAGICLINKS);
  // The root of a user namespace may not search every directory of the host. If the path cannot be
  // reached, the root need not be there: no hook of this namespace can find it either.
  if (!place && errno == EACCES)
    place = Fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  else if (place && !is_same_file(init, place.get(), init.root.get()))
    report(init, Fault::OtherRoot, 0);
  check(init, place.get());
  check(init, sys::move_mount(init.root.get(), place.get()));
  init.root_place = unless_root(init, std::move(place));
}

void run(Init& init, const plan::UseRoot& step) { set_root(init, step.directory); }

void run(Init& init, const plan::MoveRoot&) {
  if (init.root_place) move_over_root(init);  // otherwise "/" is the root already
}

void run(Init& init, const plan::RemoveMount& step) {
  const char* path = init.text(step.path);
  if (sys::call(SYS_umount2, path, kDetach | kNoFollow) == 0) return;
  // It is locked, because a more privileged namespace has mounted it.
  if (errno != EINVAL && errno != EPERM) report(init, Fault::SystemCall, errno);
  const Fd top = check(init, sys::openat2(AT_FDCWD, path, O_PATH, RESOLVE_NO_SYMLINKS));
  const Fd cover = empty_directory(init, "");
  check(init, sys::move_mount(cover.get(), top.get()));
  init.empty.reset();  // a masked path needs one with its label
}

void run(Init& init, const plan::CopyEmptyNamespace& step) {
  check(init, setns(init.fd(step.space), CLONE_NEWNS));
  check(init, unshare(CLONE_NEWNS));
}

void run(Init& init, const plan::EnterRoot& step) {
  if (step.entry == plan::Entry::Cover) move_over_root(init);
  check(init, fchdir(init.root.get()));
  switch (step.entry) {
    case plan::Entry::Pivot:
      pivot(init);
      break;
    case plan::Entry::Chroot:
    case plan::Entry::Cover:
      check(init, chroot("."));
      break;
  }
  check(init, chdir("/"));
  // Beyond this point no host path exists, and no descriptor that leads to one.
  init.root_place.reset();
  init.dev.reset();
  init.context.reset();
  init.mount.reset();
  for (std::uint32_t slot = 0; slot < init.slot_count; ++slot) {
    if (!init.is_needed_later(slot)) close(init.slots[slot].fd);
  }
}

}  // namespace berth::init
