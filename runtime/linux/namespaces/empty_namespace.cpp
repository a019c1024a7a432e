#include "runtime/linux/namespaces/empty_namespace.h"

#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/fd.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/process/open_in_child.h"

namespace berth::sys {

namespace {

constexpr const char* kDirectory = kEmptyNamespaceDirectory;
constexpr char kMark[] = "/run/berth-empty/off";
constexpr int kDetach = 2;  // MNT_DETACH: <sys/mount.h> conflicts with <linux/mount.h>

/// struct mnt_ns_info and NS_MNT_GET_INFO of linux/nsfs.h, which older distributions lack.
struct NamespaceInfo {
  std::uint32_t size;
  std::uint32_t mounts;
  std::uint64_t id;
};
constexpr unsigned long kGetInfo = _IOR(0xb7, 10, NamespaceInfo);

/// A detached tmpfs with room for so many files, one of them its top directory.
Fd make_tmpfs(const char* files, const char* access) {
  const Fd context(fsopen("tmpfs"));
  const bool is_set = context && fsconfig_string(context.get(), "source", "berth") == 0 &&
                      fsconfig_string(context.get(), "nr_inodes", files) == 0 &&
                      fsconfig_string(context.get(), "mode", "0700") == 0 &&
                      fsconfig_flag(context.get(), access) == 0 &&
                      fsconfig_create(context.get()) == 0;
  constexpr unsigned kHarmless = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  return is_set ? Fd(fsmount(context.get(), kHarmless)) : Fd();
}

bool set_attributes(int mount, unsigned flags, std::uint64_t set, std::uint64_t propagation) {
  mount_attr attributes = {};
  attributes.attr_set = set;
  attributes.propagation = propagation;
  return mount_setattr(mount, mount == AT_FDCWD ? "/" : "", flags, attributes) == 0;
}

/// Leaves all mounts behind but an empty one, to which nobody can write: all copies of this
/// namespace show this one file system.
bool leave_mounts() {
  if (!set_attributes(AT_FDCWD, AT_RECURSIVE, 0, MS_PRIVATE)) return false;
  const Fd empty = make_tmpfs("1", "ro");
  return empty && set_attributes(empty.get(), AT_EMPTY_PATH, MOUNT_ATTR_RDONLY, 0) &&
         move_mount(empty.get(), kDirectory) == 0 && ::fchdir(empty.get()) == 0 &&
         call(SYS_pivot_root, ".", ".") == 0 && call(SYS_umount2, ".", kDetach) == 0;
}

/// The namespace, numbered by this processor. The kernel numbers namespaces for each processor, and
/// refuses to mount the file of one that has a lower number than berth's own (ELOOP). Numbers of
/// the processor that numbered berth's are higher.
Fd make_namespace(int processor) {
  return open_in_child(0, [processor] {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(processor, &only);
    Fd own;
    if (::sched_setaffinity(0, sizeof only, &only) == 0 && ::unshare(CLONE_NEWNS) == 0) {
      own = Fd(::open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
    }
    if (!own || !leave_mounts()) fail_errno("make a mount namespace for", kDirectory);
    return own;
  });
}

bool exists(const char* path) {
  return ::faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/// Mounts a directory with the file that the namespace's is mounted on.
bool mount_directory() {
  const Fd directory = make_tmpfs("2", "rw");
  if (!directory) return false;
  const Fd file(::openat(directory.get(), "mnt", O_CREAT | O_RDONLY | O_CLOEXEC, 0400));
  return file && set_attributes(directory.get(), AT_EMPTY_PATH, MOUNT_ATTR_RDONLY, 0) &&
         move_mount(directory.get(), kDirectory) == 0;
}

/// In the host's mount namespace no recursive bind takes the directory along, because it is
/// unbindable: a tree with the namespace's file could not be attached in a newer mount namespace.
bool keep(const Fd& space) {
  const Fd directory(::open(kDirectory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  const Fd file(::open(kEmptyNamespace, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  const Fd mount(open_tree(space.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
  return directory && file && mount &&
         set_attributes(directory.get(), AT_EMPTY_PATH, 0, MS_UNBINDABLE) &&
         move_mount(mount.get(), file.get()) == 0;
}

/// Whether the kernel attaches mounts to one that is not attached itself, as it does since 6.15.
bool may_stay_detached() {
  const Fd top = make_tmpfs("1", "ro"), mount = make_tmpfs("1", "ro");
  return top && mount && move_mount(mount.get(), top.get()) == 0;
}

/// Lets berth run on all processors that its cpuset has, until it ends.
class Everywhere {
 public:
  Everywhere() {
    CPU_ZERO(&usable_);
    if (::sched_getaffinity(0, sizeof former_, &former_) != 0) return;
    cpu_set_t all;
    std::memset(&all, 0xff, sizeof all);
    (void)::sched_setaffinity(0, sizeof all, &all);
    if (::sched_getaffinity(0, sizeof usable_, &usable_) != 0) CPU_ZERO(&usable_);
  }
  Everywhere(const Everywhere&) = delete;
  Everywhere& operator=(const Everywhere&) = delete;
  ~Everywhere() { (void)::sched_setaffinity(0, sizeof former_, &former_); }

  bool has(int processor) const { return CPU_ISSET(processor, &usable_); }

 private:
  cpu_set_t former_ = {}, usable_ = {};
};

enum class Result { Done, Failed, Impossible };

/// What was made has other mounts: here the root of mount namespaces is covered more than once.
Result undo() {
  (void)call(SYS_umount2, kEmptyNamespace, kDetach);
  return Result::Impossible;
}

/// Impossible: on no processor a namespace has a number that the kernel takes.
Result keep_one() {
  const Everywhere everywhere;
  try {
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (!everywhere.has(processor)) continue;
      if (keep(make_namespace(processor))) return has_empty_namespace() ? Result::Done : undo();
      if (errno != ELOOP) return Result::Failed;
    }
  } catch (const Error&) {
    return Result::Failed;
  }
  return Result::Impossible;
}

/// A directory of an earlier create, or of another mount namespace, may be there.
Result make() {
  if (!may_stay_detached()) return errno == EINVAL ? Result::Impossible : Result::Failed;
  const bool is_new = !exists(kEmptyNamespace);
  if (is_new && !mount_directory()) return Result::Failed;
  const Result result = keep_one();
  if (is_new && result != Result::Done) (void)call(SYS_umount2, kDirectory, kDetach);
  return result;
}

/// Nobody else may hold the lock for long, nor replace the file.
bool is_safe_directory() {
  struct stat status = {};
  return ::lstat(kDirectory, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == 0 &&
         (status.st_mode & 0022) == 0;
}

}  // namespace

bool has_empty_namespace() {
  const Fd file(::open(kEmptyNamespace, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  NamespaceInfo info = {.size = sizeof info, .mounts = 0, .id = 0};
  if (!file || call(SYS_ioctl, file.get(), kGetInfo, &info) < 0) return false;
  // Below the empty mount is the kernel's own root, which some kernels count.
  return info.mounts == 1 || info.mounts == 2;
}

void make_empty_namespace() {
  // The directory itself may be covered while another process waits.
  const Fd lock(::open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) < 0) return;
  if (has_empty_namespace()) return;  // another process was quicker
  if (::mkdir(kDirectory, 0700) < 0 && errno != EEXIST) return;
  if (!is_safe_directory() || exists(kMark)) return;
  if (make() == Result::Impossible) {
    const Fd mark(::open(kMark, O_CREAT | O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0400));
  }
}

}  // namespace berth::sys
