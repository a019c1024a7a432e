// Makes or takes file systems and mounts detached, sets their attributes, and places them.
#include "runtime/init/mounts/mounts.h"

#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <utility>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/mounts/procfs.h"

namespace berth::init {

namespace {

/// As strstr(3), of which musl's would add a third of a page to init.
bool contains(const char* text, const char* part) {
  const std::size_t size = strlen(part);
  while (*text != '\0' && strncmp(text, part, size) != 0) ++text;
  return *text != '\0';
}

constexpr unsigned flags_of(plan::Flag recursive) {
  return AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
}

void change_mount(const Init& init, plan::Flag recursive, plan::MountAttributes attributes,
                  std::uint64_t propagation) {
  check(init, sys::mount_setattr(init.mount.get(), "", flags_of(recursive), attributes.set,
                                 attributes.cleared, propagation));
}

/// S_IFDIR, S_IFREG, …, or -1.
int type_of(int fd) {
  struct stat status = {};
  return fstat(fd, &status) < 0 ? -1 : static_cast<int>(status.st_mode & S_IFMT);
}

int set_directory(const Init& init, const char* key, const char* path) {
  const Fd directory = check(init, Fd(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)), path);
  return sys::call(SYS_fsconfig, init.context.get(), FSCONFIG_SET_FD, key, 0, directory.get());
}

int set_option(const Init& init, const plan::FilesystemOption& step) {
  const char* key = init.text(step.key);
  const char* value = init.text(step.value);
  if (step.given_as == plan::OptionValue::Directory) return set_directory(init, key, value);
  const bool has_value = step.given_as == plan::OptionValue::String;
  return sys::fsconfig(init.context.get(), has_value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key,
                       has_value ? value : nullptr);
}

Fd resolve_mount(const Init& init, plan::Text path) {
  return check(init, resolve(init.root.get(), init.text(path), O_PATH));
}

/// The destination of M, which an earlier step may have opened: a path is resolved once.
Fd destination_of(Init& init, const plan::Place& step, bool is_directory) {
  if (init.destination) return std::move(init.destination);
  const char* path = init.text(step.path);
  const bool is_strict = step.rules.no_symlinks;
  Fd destination = open_or_make(init.root.get(), path, is_directory ? Node::Directory : Node::File,
                                is_strict ? RESOLVE_NO_SYMLINKS : 0,
                                step.rules.onto_link ? Symlink::NoFollow : Symlink::Follow);
  if (destination) return destination;
  if (errno == ENOTDIR) report_no_directory(init, path);
  report(init, is_strict && errno == ELOOP ? Fault::Symlink : Fault::SystemCall, errno);
}

/// Makes a link with the target of M's. A link that exists already must have this target.
void copy_link(Init& init, plan::Text path) {
  char target[PATH_MAX];
  if (!read_link(init.mount.get(), "", target)) report(init, Fault::SystemCall, errno);
  const Location place = locate(init, init.text(path));
  if (symlinkat(target, place.parent, place.name) == 0) return;
  if (errno != EEXIST) report(init, Fault::SystemCall, errno);
  if (!is_link_to(place, target)) report(init, Fault::OtherFile, 0);
}

}  // namespace

void run(Init& init, const plan::NewFilesystem& step) {
  init.context.reset();  // its log is about another file system
  const char* type = init.text(step.type);
  init.is_proc = strcmp(type, "proc") == 0;
  init.context = init.is_proc ? new_procfs(init) : check(init, sys::fsopen(type));
}

void run(Init& init, const plan::PickFilesystem& step) {
  init.mount = resolve_mount(init, step.path);
  init.context = check(
      init, Fd(sys::call(SYS_fspick, init.mount.get(), "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH)));
}

void run(Init& init, const plan::FilesystemOption& step) {
  if (set_option(init, step) == 0) return;
  const int error = errno;
  char words[sizeof plan::Message::detail];
  read_log(init.context.get(), words, sizeof words);
  const bool is_unknown = contains(words, "Unknown parameter");
  if (is_unknown && step.unknown == plan::Errors::Tolerate) return;
  report(init, Fault::SystemCall, error, init.text(step.key), words);
}

void run(Init& init, const plan::CreateFilesystem& step) {
  init.mount = check(init, sys::create_and_mount(init.context.get(), step.attributes.set));
  init.context.reset();
  // The helper has opened its context among other processes, so it is not trusted.
  if (init.is_proc && !is_on(init.mount.get(), PROC_SUPER_MAGIC)) {
    report(init, Fault::Protocol, 0);
  }
}

void run(Init& init, const plan::Reconfigure&) {
  check(init, sys::fsconfig(init.context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr));
  init.context.reset();
}

void run(Init& init, const plan::CloneTree& step) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  if (step.recursive) flags |= AT_RECURSIVE;
  if (step.symlink == plan::Symlink::NoFollow) flags |= AT_SYMLINK_NOFOLLOW;
  const char* path = init.text(step.path);
  Fd place;
  if (step.no_magic_links) {
    place = check(init, sys::openat2(AT_FDCWD, path, O_PATH, RESOLVE_NO_MAGICLINKS));
    flags |= AT_EMPTY_PATH;
    path = "";
  }
  Fd tree = check(init, Fd(sys::call(SYS_open_tree, place ? place.get() : AT_FDCWD, path, flags)));
  if (step.to.slot == plan::kNoSlot) {
    init.mount = std::move(tree);
  } else {
    init.slots[static_cast<std::uint32_t>(step.to.slot.number)].fd = tree.release();
  }
}

void run(Init& init, const plan::TakeTree& step) {
  init.mount = check(init, sys::duplicate(init.fd(step.tree)));
}

void run(Init& init, const plan::FindMount& step) { init.mount = resolve_mount(init, step.path); }

void run(Init& init, const plan::SetAttributes& step) {
  change_mount(init, step.recursive, step.attributes, 0);
}

void run(Init& init, const plan::SetPropagation& step) {
  change_mount(init, step.recursive, {}, step.type.type);
}

void run(Init& init, const plan::MapMountIds& step) {
  const mount_attr attributes{
      .attr_set = MOUNT_ATTR_IDMAP,
      .attr_clr = 0,
      .propagation = 0,
      .userns_fd = static_cast<std::uint64_t>(init.fd(step.user_namespace))};
  check(init, sys::call(SYS_mount_setattr, init.mount.get(), "", flags_of(step.recursive),
                        &attributes, sizeof attributes));
}

void run(Init& init, const plan::LabelMount& step) {
  const char* label = init.text(step.label);
  const Fd top = check(init, Fd(openat(init.mount.get(), ".", O_RDONLY | O_CLOEXEC)));
  check(init, fsetxattr(top.get(), "security.selinux", label, strlen(label), 0));
}

void run(Init& init, const plan::TakeMode& step) {
  init.destination = find_destination(init, init.text(step.path), step.rules);
  if (!init.destination) return;
  const struct stat status = status_of(init, init.destination.get());
  char mode[] = "0000";
  for (unsigned digit = 0; digit < 4; ++digit) {
    mode[digit] = static_cast<char>('0' + (status.st_mode >> (9 - 3 * digit) & 7));
  }
  check(init, sys::fsconfig(init.context.get(), FSCONFIG_SET_STRING, "mode", mode));
}

void run(Init& init, const plan::Place& step) {
  const int type = check(init, type_of(init.mount.get()));
  if (type == S_IFLNK && step.rules.copies_link) return copy_link(init, step.path);
  if (step.rules.only_proc && !is_proc_root(init.mount.get())) report(init, Fault::NotProc, 0);
  const bool is_directory = type == S_IFDIR;
  const Fd destination = destination_of(init, step, is_directory);
  if (!step.rules.may_cover_proc && is_on(destination.get(), PROC_SUPER_MAGIC)) {
    report(init, Fault::InsideProc, 0);
  }
  init.dev.reset();  // the mount may be on it, or above it
  if (sys::move_mount(init.mount.get(), destination.get()) == 0) return;
  const int error = errno;  // EINVAL says little about a file on a directory; mount(2) says ENOTDIR
  if (is_directory || type_of(destination.get()) != S_IFDIR) report(init, Fault::SystemCall, error);
  report(init, Fault::SystemCall, ENOTDIR, nullptr,
         "a directory is there, and the source is not one");
}

}  // namespace berth::init
