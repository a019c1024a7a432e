// Makes device nodes and symbolic links below descriptors.
#include "runtime/init/files/devices.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <utility>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"

namespace berth::init {

namespace {

dev_t number_of(const plan::Device& device) {
  return makedev(device.major_number, device.minor_number);
}

/// The entry, if it is this device; else empty. Another process may have replaced it meanwhile.
Fd open_device(const Location& at, mode_t mode, dev_t device) {
  Fd entry(openat(at.parent.get(), at.name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat found = {};
  if (!entry || fstat(entry.get(), &found) < 0) return Fd();
  const bool is_it =
      (found.st_mode & S_IFMT) == (mode & S_IFMT) && (S_ISFIFO(mode) || found.st_rdev == device);
  return is_it ? std::move(entry) : Fd();
}

}  // namespace

bool is_null(int fd) {
  struct stat status = {};
  return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

void run(Init& init, const plan::CheckDevice& step) {
  const struct stat found = status_of(init, init.fd(step.file));
  const bool has_type = (found.st_mode & S_IFMT) == (step.device.mode & S_IFMT);
  if (!has_type || found.st_rdev != number_of(step.device)) report(init, Fault::OtherDevice, 0);
}

void run(Init& init, const plan::MakeDevice& step) {
  const mode_t mode = step.device.mode;
  const dev_t device = number_of(step.device);
  const Location at = locate(init, init.text(step.path));
  const bool is_new = mknodat(at.parent.get(), at.name, mode, device) == 0;
  if (!is_new && errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (is_new && step.owner == plan::Owner{}) return;
  const Fd found = open_device(at, mode, device);
  if (!found) report(init, Fault::OtherFile, EEXIST);
  if (!is_new) return;
  check(init, fchownat(found.get(), "", step.owner.uid, step.owner.gid, AT_EMPTY_PATH));
}

void run(Init& init, const plan::MakeSymlink& step) {
  const char* target = init.text(step.target);
  const Location at = locate(init, init.text(step.path));
  if (symlinkat(target, at.parent.get(), at.name) == 0) return;
  if (errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (!step.replaces || is_link_to(at, target)) return;
  check(init, unlinkat(at.parent.get(), at.name, 0));
  check(init, symlinkat(target, at.parent.get(), at.name));
}

void run(Init& init, const plan::OpenNull& step) {
  init.null = check(init, resolve(init.root.get(), init.text(step.path), O_PATH | O_NOFOLLOW));
  if (!is_null(init.null.get())) report(init, Fault::NotNull, 0);
}

}  // namespace berth::init
