// File systems and mounts: made or taken detached, given their attributes, and placed.
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <utility>

#include "runtime/init/paths.h"
#include "runtime/init/procfs.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

namespace {

void change_mount(const Init& init, const Step& step, std::uint64_t set, std::uint64_t clear,
                  std::uint64_t propagation) {
  const unsigned flags = AT_EMPTY_PATH | (step.number[2] == 1 ? AT_RECURSIVE : 0);
  check(init, sys::mount_setattr(init.mount.get(), "", flags, set, clear, propagation));
}

/// S_IFDIR, S_IFREG, …, or -1.
int type_of(int fd) {
  struct stat status = {};
  return fstat(fd, &status) < 0 ? -1 : static_cast<int>(status.st_mode & S_IFMT);
}

int set_option(const Init& init, const Step& step, const char* key) {
  const int context = init.context.get();
  const char* value = init.text(step, 1);
  if (step.number[0] == 0) return sys::fsconfig(context, FSCONFIG_SET_FLAG, key, nullptr);
  if (step.number[0] == 1) return sys::fsconfig(context, FSCONFIG_SET_STRING, key, value);
  const Fd directory = check(init, Fd(open(value, O_RDONLY | O_DIRECTORY | O_CLOEXEC)), value);
  return sys::call(SYS_fsconfig, context, FSCONFIG_SET_FD, key, 0, directory.get());
}

Fd resolve_mount(const Init& init, const Step& step) {
  return check(init, resolve(init.root.get(), init.text(step, 0), O_PATH));
}

bool is_proc_root(int fd) {
  struct stat status = {};
  return is_on(fd, PROC_SUPER_MAGIC) && fstat(fd, &status) == 0 && status.st_ino == 1;
}

/// Where M goes, looked at by an earlier step or not: a path is resolved once.
Fd destination_of(Init& init, const Step& step, bool is_directory) {
  if (init.destination) return std::move(init.destination);
  const char* path = init.text(step, 0);
  const bool is_strict = (step.number[0] & plan::kNoSymlinks) != 0;
  const bool covers_link = (step.number[0] & plan::kOntoLink) != 0;
  Fd destination = open_or_make(init.root.get(), path, is_directory ? Node::Directory : Node::File,
                                is_strict ? RESOLVE_NO_SYMLINKS : 0,
                                covers_link ? LastLink::Itself : LastLink::Follow);
  if (destination) return destination;
  if (errno == ENOTDIR) report_no_directory(init, path);
  report(init, is_strict && errno == ELOOP ? Fault::Symlink : Fault::SystemCall, errno);
}

/// A link with the target of M's. One that is there already has to be the same.
void copy_link(const Init& init, const Step& step) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(init.mount.get(), "", target, sizeof target - 1);
  check(init, static_cast<int>(size));
  target[size] = '\0';
  const Location place = locate(init, init.text(step, 0));
  if (symlinkat(target, place.parent.get(), place.name) == 0) return;
  if (errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (!is_link_to(place, target)) report(init, Fault::OtherFile, 0);
}

}  // namespace

void new_filesystem(Init& init, const Step& step) {
  init.context.reset();  // its words are not about this one
  const char* type = init.text(step, 0);
  init.is_proc = strcmp(type, "proc") == 0;
  init.context = init.is_proc ? new_procfs(init) : check(init, sys::fsopen(type));
}

void pick_filesystem(Init& init, const Step& step) {
  init.mount = resolve_mount(init, step);
  init.context = check(
      init, Fd(sys::call(SYS_fspick, init.mount.get(), "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH)));
}

void filesystem_option(Init& init, const Step& step) {
  const char* key = init.text(step, 0);
  const bool may_be_unknown = step.number[1] == 1;
  if (set_option(init, step, key) == 0) return;
  const int error = errno;
  plan::Message words;
  read_log(init.context.get(), words.detail, sizeof words.detail);
  const bool is_unknown = strstr(words.detail, "Unknown parameter") != nullptr;
  if (!may_be_unknown || !is_unknown) report(init, Fault::SystemCall, error, key, words.detail);
}

void create_filesystem(Init& init, const Step& step) {
  init.mount = check(init, sys::create_and_mount(init.context.get(), step.number[0]));
  init.context.reset();
  // One that a helper has fetched came from among others.
  if (init.is_proc && !is_on(init.mount.get(), PROC_SUPER_MAGIC)) {
    report(init, Fault::Protocol, 0);
  }
}

void reconfigure(Init& init, const Step&) {
  check(init, sys::fsconfig(init.context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr));
  init.context.reset();
}

void open_tree(Init& init, const Step& step) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  if (step.number[0] == 1) flags |= AT_RECURSIVE;
  if (step.number[1] == 1) flags |= AT_SYMLINK_NOFOLLOW;
  const char* path = init.text(step, 0);
  Fd place;
  if (step.number[2] == 1) {
    place = check(init, sys::openat2(AT_FDCWD, path, O_PATH, RESOLVE_NO_MAGICLINKS));
    flags |= AT_EMPTY_PATH;
    path = "";
  }
  Fd tree = check(init, Fd(sys::call(SYS_open_tree, place ? place.get() : AT_FDCWD, path, flags)));
  if (step.slot == plan::kNoSlot) {
    init.mount = std::move(tree);
  } else {
    init.slots[static_cast<std::uint32_t>(step.slot)] = tree.release();
  }
}

void take_tree(Init& init, const Step& step) {
  init.mount = check(init, sys::duplicate(init.slot(step)));
}

void find_mount(Init& init, const Step& step) { init.mount = resolve_mount(init, step); }

void set_attributes(Init& init, const Step& step) {
  change_mount(init, step, step.number[0], step.number[1], 0);
}

void set_propagation(Init& init, const Step& step) {
  change_mount(init, step, 0, 0, step.number[0]);
}

void map_ids(Init& init, const Step& step) {
  const mount_attr attributes{.attr_set = MOUNT_ATTR_IDMAP,
                              .attr_clr = 0,
                              .propagation = 0,
                              .userns_fd = static_cast<std::uint64_t>(init.slot(step))};
  const unsigned flags = AT_EMPTY_PATH | (step.number[1] == 1 ? AT_RECURSIVE : 0);
  check(init,
        sys::call(SYS_mount_setattr, init.mount.get(), "", flags, &attributes, sizeof attributes));
}

void label_mount(Init& init, const Step& step) {
  const char* label = init.text(step, 0);
  const Fd top = check(init, Fd(openat(init.mount.get(), ".", O_RDONLY | O_CLOEXEC)));
  check(init, fsetxattr(top.get(), "security.selinux", label, strlen(label), 0));
}

void take_mode(Init& init, const Step& step) {
  init.destination = find_destination(init, init.text(step, 0), step.number[1]);
  if (!init.destination) return;
  struct stat status = {};
  check(init, fstat(init.destination.get(), &status));
  char mode[] = "0000";
  for (unsigned digit = 0; digit < 4; ++digit) {
    mode[digit] = static_cast<char>('0' + (status.st_mode >> (9 - 3 * digit) & 7));
  }
  check(init, sys::fsconfig(init.context.get(), FSCONFIG_SET_STRING, "mode", mode));
}

void place(Init& init, const Step& step) {
  const auto has = [&](plan::PlaceFlag flag) { return (step.number[0] & flag) != 0; };
  const int type = check(init, type_of(init.mount.get()));
  if (type == S_IFLNK && has(plan::kCopyLink)) return copy_link(init, step);
  if (has(plan::kOnlyProc) && !is_proc_root(init.mount.get())) report(init, Fault::NotProc, 0);
  const bool is_directory = type == S_IFDIR;
  const Fd destination = destination_of(init, step, is_directory);
  if (!has(plan::kMayCoverProc) && is_on(destination.get(), PROC_SUPER_MAGIC)) {
    report(init, Fault::InsideProc, 0);
  }
  if (sys::move_mount(init.mount.get(), destination.get()) == 0) return;
  const int error = errno;  // EINVAL says little about a file on a directory; mount(2) says ENOTDIR
  if (is_directory || type_of(destination.get()) != S_IFDIR) report(init, Fault::SystemCall, error);
  report(init, Fault::SystemCall, ENOTDIR, nullptr, "a directory is there, and the source is none");
}

}  // namespace berth::init
