// Sets up what a new namespace holds besides files: session, keys, network, names and sysctls.
#include "runtime/init/namespaces/kernel.h"

#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "runtime/init/base/paths.h"
#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"
#include "runtime/init/base/text.h"

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
