// Device nodes and symbolic links, made below descriptors.
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <utility>

#include "runtime/init/paths.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"
#include "runtime/init/text.h"

namespace berth::init {

namespace {

dev_t device_of(const Step& step) {
  const auto major = static_cast<unsigned>(step.number[1] >> 32);
  const auto minor = static_cast<unsigned>(step.number[1]);
  return makedev(major, minor);
}

/// The entry, if it is this device; else empty. What was made there may be something else by now.
Fd open_device(const Location& at, mode_t mode, dev_t device) {
  Fd entry(openat(at.parent.get(), at.name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat found = {};
  if (!entry || fstat(entry.get(), &found) < 0) return Fd();
  const bool is_it =
      (found.st_mode & S_IFMT) == (mode & S_IFMT) && (S_ISFIFO(mode) || found.st_rdev == device);
  return is_it ? std::move(entry) : Fd();
}

}  // namespace

void check_device(Init& init, const Step& step) {
  struct stat found = {};
  check(init, fstat(init.slot(step), &found));
  if ((found.st_mode & S_IFMT) != (step.number[0] & S_IFMT) || found.st_rdev != device_of(step)) {
    report(init, Fault::OtherDevice, 0);
  }
}

void make_device(Init& init, const Step& step) {
  const auto mode = static_cast<mode_t>(step.number[0]);
  const dev_t device = device_of(step);
  const Location at = locate(init, init.text(step, 0));
  const bool is_new = mknodat(at.parent.get(), at.name, mode, device) == 0;
  if (!is_new && errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (is_new && step.number[2] == 0) return;
  const Fd found = open_device(at, mode, device);
  if (!found) report(init, Fault::OtherFile, EEXIST);
  if (!is_new) return;
  check(init, fchownat(found.get(), "", static_cast<uid_t>(step.number[2] >> 32),
                       static_cast<gid_t>(step.number[2]), AT_EMPTY_PATH));
}

void make_symlink(Init& init, const Step& step) {
  const char* target = init.text(step, 1);
  const bool replace = step.number[0] == 1;
  const Location at = locate(init, init.text(step, 0));
  if (symlinkat(target, at.parent.get(), at.name) == 0) return;
  if (errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (!replace || is_link_to(at, target)) return;
  check(init, unlinkat(at.parent.get(), at.name, 0));
  check(init, symlinkat(target, at.parent.get(), at.name));
}

void open_null(Init& init, const Step& step) {
  init.null = check(init, resolve(init.root.get(), init.text(step, 0), O_PATH | O_NOFOLLOW));
  struct stat status = {};
  check(init, fstat(init.null.get(), &status));
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) {
    report(init, Fault::NotNull, 0);
  }
}

}  // namespace berth::init
