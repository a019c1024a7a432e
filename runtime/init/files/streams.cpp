// Makes the container's terminal in the container's own devpts, sends it to the process that asked
// for it, and makes it the standard streams. init never opens it by a name. Without a terminal,
// init replaces the null devices among the streams that an engine has passed on.
#include "runtime/init/files/streams.h"

#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"
#include "runtime/init/files/devices.h"

namespace berth::init {

namespace {

constexpr char kPts[] = "/dev/pts";
constexpr char kConsole[] = "/dev/console";

/// Whether it is the ptmx node that each devpts has. Documentation/filesystems/devpts.rst
bool is_ptmx(int fd) {
  constexpr ino_t kInode = 2;  // <fs/devpts/inode.c>
  struct stat status = {};
  return is_on(fd, DEVPTS_SUPER_MAGIC) && fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
         status.st_rdev == makedev(5, 2) && status.st_ino == kInode;
}

Fd open_master(const Init& init) {
  const Fd pts = check(init, resolve(init.root.get(), kPts, O_PATH | O_DIRECTORY), kPts);
  if (!is_on(pts.get(), DEVPTS_SUPER_MAGIC)) report(init, Fault::SystemCall, ENODEV, kPts);
  Fd master = check(
      init, resolve(pts.get(), "ptmx", O_RDWR | O_NOCTTY, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS));
  if (!is_ptmx(master.get())) report(init, Fault::SystemCall, ENODEV, kPts);
  const int unlocked = 0;
  check(init, ioctl(master.get(), TIOCSPTLCK, &unlocked));
  return master;
}

/// Runtimes send the name with it, but only the descriptor counts.
void send_master(const Init& init, int socket, int master) {
  unsigned number = 0;
  check(init, ioctl(master, TIOCGPTN, &number));
  Text name;
  name.add("/dev/pts/").add(number);
  check(init, sys::send_descriptor(socket, name.get(), name.size(), master));
}

void bind_on_console(Init& init, int peer) {
  const Location at = locate(init, kConsole);
  if (mknodat(at.parent, at.name, S_IFREG | 0600, 0) < 0 && errno != EEXIST) {
    report(init, Fault::SystemCall, errno, kConsole);
  }
  const Fd console =
      check(init, Fd(openat(at.parent, at.name, O_PATH | O_NOFOLLOW | O_CLOEXEC)), kConsole);
  const struct stat status = status_of(init, console.get());
  if (S_ISLNK(status.st_mode)) report(init, Fault::Symlink, 0, kConsole);
  if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) {
    report(init, Fault::OtherFile, 0, kConsole);
  }
  const Fd tree = check(init, sys::open_tree_clone(peer));
  check(init, sys::move_mount(tree.get(), console.get()), kConsole);
}

/// For output to a file, which does not need the carriage returns that a terminal would.
void end_lines_plainly(const Init& init, int peer) {
  termios settings = {};
  check(init, tcgetattr(peer, &settings));
  settings.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
  check(init, tcsetattr(peer, TCSANOW, &settings));
}

/// Checks the device before it is opened, because opening a device can have effects, and again
/// afterwards.
Fd open_own_null(const Init& init, const char* path) {
  constexpr int kFlags = O_RDWR | O_NOCTTY | O_NONBLOCK;
  const Fd found = resolve(init.root.get(), path, O_PATH, RESOLVE_NO_SYMLINKS);
  if (!found || !is_null(found.get())) return Fd();
  Fd null = resolve(init.root.get(), path, kFlags, RESOLVE_NO_SYMLINKS);
  return null && is_null(null.get()) ? Fd(null.release()) : Fd();
}

}  // namespace

void run(Init& init, const plan::OpenTerminal& step) {
  const Fd master = open_master(init);
  const Fd peer = check(init, Fd(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)));
  if (step.rows != 0 || step.columns != 0) {
    const winsize size{.ws_row = static_cast<unsigned short>(step.rows),
                       .ws_col = static_cast<unsigned short>(step.columns),
                       .ws_xpixel = 0,
                       .ws_ypixel = 0};
    check(init, ioctl(peer.get(), TIOCSWINSZ, &size));
  }
  if (step.plain_lines) end_lines_plainly(init, peer.get());
  if (step.owner != 0) check(init, fchown(peer.get(), step.owner, static_cast<gid_t>(-1)));
  if (step.binds_console) bind_on_console(init, peer.get());
  for (int stream = 0; stream < 3; ++stream) check(init, dup2(peer.get(), stream));
  // The process that leads the program's session must have it.
  if (!init.forks_later()) check(init, ioctl(STDIN_FILENO, TIOCSCTTY, 0));
  send_master(init, init.fd(step.console), master.get());
  close(init.fd(step.console));
}

/// Engines pass a null device of the host, and open it read-only even for an output. If the
/// container has none of its own, the engine's stay.
void run(Init& init, const plan::ReplaceNull& step) {
  Fd null;
  for (int stream = 0; stream <= 2; ++stream) {
    if (!is_null(stream)) continue;
    if (!null) null = open_own_null(init, init.text(step.path));
    if (!null) return;
    check(init, dup2(null.get(), stream));
  }
}

}  // namespace berth::init
