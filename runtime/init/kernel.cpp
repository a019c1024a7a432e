// Sets up what a new namespace holds besides files: session, keys, network, names and sysctls.
#include "runtime/init/kernel.h"

#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "runtime/init/paths.h"
#include "runtime/init/procfs.h"
#include "runtime/init/sys.h"
#include "runtime/init/text.h"

namespace berth::init {

namespace {

constexpr unsigned kPossessorAll = 0x3f000000;  // keyctl_setperm(3) KEY_POS_ALL

}  // namespace

void run(Init& init, const plan::NewSession&) { check(init, setsid()); }

/// Joins a keyring without a name, which is always a new one. With a name, the kernel would join a
/// keyring of that name that another process has made.
void run(Init& init, const plan::NewKeyring&) {
  const int keyring = sys::call(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0);
  if (keyring < 0 && errno == ENOSYS) return;  // a kernel without keys
  check(init, keyring);
  // Only its possessor may use it; if the kernel refuses this, its default holds.
  (void)sys::call(SYS_keyctl, KEYCTL_SETPERM, keyring, kPossessorAll);
}

void run(Init& init, const plan::LoopbackUp&) {
  const Fd any = check(init, Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
  ifreq request = {};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  check(init, ioctl(any.get(), SIOCSIFFLAGS, &request));
}

void run(Init& init, const plan::NewCgroupNamespace&) { check(init, unshare(CLONE_NEWCGROUP)); }

void run(Init& init, const plan::OpenProc&) {
  const Fd context = check(init, sys::fsopen("proc"), "proc");
  constexpr std::uint64_t kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  init.proc = sys::create_and_mount(context.get(), kAttributes);
  if (!init.proc && errno == EPERM && init.pid_namespace() >= 0) {
    // The pid namespace that init is still in belongs to the host. The joined one belongs to the
    // joined user namespace as well.
    init.proc = sys::create_and_mount(new_procfs(init).get(), kAttributes);
  }
  check(init, init.proc.get(), "proc");
}

void run(Init& init, const plan::CloseProc&) { init.proc.reset(); }

void run(Init& init, const plan::WriteSysctl& step) {
  Text path;
  path.add("sys/").add(init.text(step.path));
  const Fd file = open_in_proc(init, path.get(), O_WRONLY);
  write_value(init, file.get(), init.text(step.value));
}

void run(Init& init, const plan::SetHostname& step) {
  const char* name = init.text(step.name);
  check(init, sethostname(name, strlen(name)));
}

void run(Init& init, const plan::SetDomainname& step) {
  const char* name = init.text(step.name);
  check(init, setdomainname(name, strlen(name)));
}

}  // namespace berth::init
