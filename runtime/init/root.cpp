// The container's root: put in place, and entered.
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

namespace {

constexpr int kDetach = 2;  // MNT_DETACH: <sys/mount.h> does not go with <linux/mount.h>

void set_root(Init& init, const Step& step) {
  init.root = check(init, sys::duplicate(init.slot(step)));
  init.mount = check(init, sys::duplicate(init.slot(step)));
}

/// The old root lies below the new one afterwards, and "." still names it. pivot_root(2), NOTES
void pivot(const Init& init) {
  check(init, sys::call(SYS_pivot_root, ".", "."));
  check(init, sys::call(SYS_umount2, ".", kDetach));
}

}  // namespace

void detach_propagation(Init& init, const Step& step) {
  check(init, sys::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, 0, 0, step.number[0]));
}

void attach_root(Init& init, const Step& step) {
  set_root(init, step);
  check(init, sys::call(SYS_move_mount, init.root.get(), "", AT_FDCWD, init.text(step, 0),
                        MOVE_MOUNT_F_EMPTY_PATH));
}

void use_root(Init& init, const Step& step) { set_root(init, step); }

void enter_root(Init& init, const Step& step) {
  check(init, fchdir(init.root.get()));
  switch (static_cast<plan::Entry>(step.number[0])) {
    case plan::Entry::Pivot:
      pivot(init);
      break;
    case plan::Entry::Chroot:
      check(init, chroot("."));
      break;
  }
  check(init, chdir("/"));
  // Beyond this point no host path exists, and no descriptor that leads to one.
  init.context.reset();
  init.mount.reset();
  for (std::uint32_t slot = 0; slot < init.slot_count; ++slot) {
    if (!init.is_needed_later(static_cast<std::int32_t>(slot))) close(init.slots[slot]);
  }
}

}  // namespace berth::init
