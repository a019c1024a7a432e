// File systems and mounts: made or taken detached, given their attributes, and placed.
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/init/paths.h"
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

Fd resolve_mount(const Init& init, const Step& step) {
  return check(init, resolve(init.root.get(), init.text(step, 0), O_PATH));
}

}  // namespace

void new_filesystem(Init& init, const Step& step) {
  init.context.reset();  // its words are not about this one
  init.context = check(init, sys::fsopen(init.text(step, 0)));
  init.plain_proc = strcmp(init.text(step, 0), "proc") == 0;
}

void pick_filesystem(Init& init, const Step& step) {
  init.mount = resolve_mount(init, step);
  init.context = check(
      init, Fd(sys::call(SYS_fspick, init.mount.get(), "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH)));
}

void filesystem_option(Init& init, const Step& step) {
  const char* key = init.text(step, 0);
  const bool has_value = step.number[0] == 1, may_be_unknown = step.number[1] == 1;
  if (strcmp(key, "source") != 0) init.plain_proc = false;
  const int result =
      has_value ? sys::fsconfig(init.context.get(), FSCONFIG_SET_STRING, key, init.text(step, 1))
                : sys::fsconfig(init.context.get(), FSCONFIG_SET_FLAG, key, nullptr);
  if (result == 0) return;
  const int error = errno;
  plan::Message words;
  read_log(init.context.get(), words.detail, sizeof words.detail);
  const bool is_unknown = strstr(words.detail, "Unknown parameter") != nullptr;
  if (!may_be_unknown || !is_unknown) report(init, Fault::SystemCall, error, key, words.detail);
}

void create_filesystem(Init& init, const Step& step) {
  init.mount = check(init, sys::create_and_mount(init.context.get(), step.number[0]));
  init.context.reset();
  // One of our own for sysctls costs a mount, and to drop that one costs more.
  const bool can_write = (step.number[0] & MOUNT_ATTR_RDONLY) == 0;
  if (init.plain_proc && can_write && !init.proc) {
    init.proc = check(init, sys::duplicate(init.mount.get()));
  }
}

void reconfigure(Init& init, const Step&) {
  check(init, sys::fsconfig(init.context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr));
  init.context.reset();
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

void place(Init& init, const Step& step) {
  const bool real_directories = (step.number[0] & plan::kNoSymlinks) != 0;
  const bool may_cover_proc = (step.number[0] & plan::kMayCoverProc) != 0;
  const bool is_directory = check(init, type_of(init.mount.get())) == S_IFDIR;
  const Fd destination =
      open_or_make(init.root.get(), init.text(step, 0), is_directory ? Node::Directory : Node::File,
                   real_directories ? RESOLVE_NO_SYMLINKS : 0);
  if (!destination && errno == ELOOP && real_directories) report(init, Fault::Symlink, ELOOP);
  check(init, destination.get());
  if (!may_cover_proc && is_on(destination.get(), PROC_SUPER_MAGIC)) {
    report(init, Fault::InsideProc, 0);
  }
  if (sys::move_mount(init.mount.get(), destination.get()) == 0) return;
  const int error = errno;  // EINVAL says little about a file on a directory; mount(2) says ENOTDIR
  const bool covers_directory = !is_directory && type_of(destination.get()) == S_IFDIR;
  report(init, Fault::SystemCall, covers_directory ? ENOTDIR : error);
}

}  // namespace berth::init
