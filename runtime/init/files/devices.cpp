// Makes device nodes and symbolic links below descriptors. If the kernel refuses a node, init binds
// the host's, whose path still means something: this is before EnterRoot.
#include "runtime/init/files/devices.h"

#include <linux/mount.h>
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

bool is_device(const struct stat& found, const plan::Device& device) {
  return (found.st_mode & S_IFMT) == (device.mode & S_IFMT) && found.st_rdev == number_of(device);
}

/// Reports a descriptor that is not of this device.
struct stat status_of_device(const Init& init, int fd, const plan::Device& device) {
  const struct stat found = status_of(init, fd);
  if (!is_device(found, device)) report(init, Fault::OtherDevice, 0);
  return found;
}

/// The entry, if it is this device; else empty. Another process may have replaced it meanwhile.
Fd open_device(const Location& at, const plan::Device& device) {
  Fd entry(openat(at.parent, at.name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat found = {};
  if (!entry || fstat(entry.get(), &found) < 0 || !is_device(found, device)) return Fd();
  return entry;
}

/// The host's node of this path, which is what mknod(2) would have made.
Fd open_hosts(const Init& init, const plan::MakeDevice& step) {
  Fd node(open(init.text(step.path), O_PATH | O_CLOEXEC));
  if (!node) report(init, Fault::SystemCall, EPERM);
  const struct stat found = status_of_device(init, node.get(), step.device);
  const bool is_equal = found.st_mode == step.device.mode && found.st_uid == step.owner.uid &&
                        found.st_gid == step.owner.gid;
  if (is_equal || step.refused == plan::Refused::Bind) return node;
  Finding finding;
  finding.fault = Fault::OtherNode;
  finding.file = {.mode = found.st_mode, .owner = found.st_uid, .group = found.st_gid};
  report(init, finding, 0);
}

void bind_hosts(Init& init, const plan::MakeDevice& step, const Location& at) {
  init.mount = check(init, sys::open_tree_clone(open_hosts(init, step).get()));
  check(init, sys::mount_setattr(init.mount.get(), "", AT_EMPTY_PATH, MOUNT_ATTR_RDONLY, 0, 0));
  const Fd place = check(init, open_or_make(at.parent, at.name, Node::File, RESOLVE_NO_SYMLINKS));
  check(init, sys::move_mount(init.mount.get(), place.get()));
}

/// Whether this is what bind_hosts() has left in an image when it made a container of it before.
bool is_place_of_bound(const Location& at, const plan::Device& device) {
  struct stat found = {};
  const int status = fstatat(at.parent, at.name, &found, AT_SYMLINK_NOFOLLOW);
  if (status < 0 || !S_ISREG(found.st_mode) || found.st_size != 0) return false;
  // The kernel looks whether the name is taken before it asks the device program.
  constexpr char kFree[] = ".berth-device";
  const int made = mknodat(at.parent, kFree, device.mode, number_of(device));
  const bool is_refused = made < 0 && errno == EPERM;
  if (made == 0) (void)unlinkat(at.parent, kFree, 0);
  return is_refused;
}

bool must_bind(const plan::MakeDevice& step, const Location& at, int error) {
  if (step.refused == plan::Refused::Report) return false;
  return error == EPERM || (error == EEXIST && is_place_of_bound(at, step.device));
}

}  // namespace

bool is_null(int fd) {
  struct stat status = {};
  return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

void run(Init& init, const plan::CheckDevice& step) {
  (void)status_of_device(init, init.fd(step.file), step.device);
}

void run(Init& init, const plan::MakeDevice& step) {
  const Location at = locate(init, init.text(step.path));
  const bool is_new = mknodat(at.parent, at.name, step.device.mode, number_of(step.device)) == 0;
  const int error = is_new ? 0 : errno;
  if (!is_new && must_bind(step, at, error)) return bind_hosts(init, step, at);
  if (!is_new && error != EEXIST) report(init, Fault::SystemCall, error);
  if (is_new && step.owner == plan::Owner{}) return;
  const Fd found = open_device(at, step.device);
  if (!found) report(init, Fault::OtherFile, EEXIST);
  if (!is_new) return;
  check(init, fchownat(found.get(), "", step.owner.uid, step.owner.gid, AT_EMPTY_PATH));
}

void run(Init& init, const plan::MakeSymlink& step) {
  const char* target = init.text(step.target);
  const Location at = locate(init, init.text(step.path));
  if (symlinkat(target, at.parent, at.name) == 0) return;
  if (errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (!step.replaces || is_link_to(at, target)) return;
  check(init, unlinkat(at.parent, at.name, 0));
  check(init, symlinkat(target, at.parent, at.name));
}

void run(Init& init, const plan::OpenNull& step) {
  init.null = check(init, resolve(init.root.get(), init.text(step.path), O_PATH | O_NOFOLLOW));
  if (!is_null(init.null.get())) report(init, Fault::NotNull, 0);
}

}  // namespace berth::init
