// Sets the credentials of the program. credentials(7), capabilities(7)
#include "runtime/init/process/credentials.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include "runtime/init/base/report.h"
#include "runtime/init/base/sys.h"

namespace berth::init {

namespace {

constexpr unsigned kCapabilities = 64;

bool are(const uid_t (&found)[3], uid_t wanted) {
  return found[0] == wanted && found[1] == wanted && found[2] == wanted;
}

/// Checks all three ids of each. -1 is not an id: the calls that set one take it for "unchanged",
/// and succeed.
bool is_user(uid_t uid, gid_t gid) {
  constexpr auto kUnchanged = static_cast<uid_t>(-1);
  uid_t uids[3] = {};
  gid_t gids[3] = {};
  return uid != kUnchanged && gid != kUnchanged && getresuid(&uids[0], &uids[1], &uids[2]) == 0 &&
         getresgid(&gids[0], &gids[1], &gids[2]) == 0 && are(uids, uid) && are(gids, gid);
}

void set_user(const Init& init, uid_t uid, gid_t gid) {
  check(init, sys::call(SYS_setresgid, gid, gid, gid));
  check(init, sys::call(SYS_setresuid, uid, uid, uid));
  if (!is_user(uid, gid)) report(init, Fault::OtherUser, 0);
  check(init, sys::set_not_dumpable());
  check(init, sys::set_death_signal(init.talk < 0 ? 0 : SIGKILL));
}

/// A program that opens /dev/stdout opens the pipe anew, and the pipes of an engine belong to root.
/// Only pipes change their owner: a file or a terminal may be in use by other processes.
void own_pipes(uid_t uid) {
  for (int fd = 0; fd <= 2; ++fd) {
    struct stat status = {};
    if (fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode) || status.st_uid == uid) continue;
    (void)fchown(fd, uid, static_cast<gid_t>(-1));  // refused: the program can still write to it
  }
}

bool has(std::uint64_t mask, unsigned capability) { return ((mask >> capability) & 1) != 0; }

}  // namespace

void run(Init& init, const plan::BecomeNamespaceRoot& step) {
  set_user(init, 0, 0);
  if (step.keeps_groups) return;
  // If gid_map was written without privilege, setgroups(2) is denied, and the groups stay.
  if (sys::call(SYS_setgroups, 0, 0) < 0 && errno != EPERM) report(init, Fault::SystemCall, errno);
}

void run(Init& init, const plan::SetBoundingSet& step) {
  for (unsigned capability = 0; capability < kCapabilities; ++capability) {
    if (has(step.kept.mask, capability) || sys::prctl(PR_CAPBSET_DROP, capability) == 0) continue;
    if (errno == EINVAL) return;  // beyond the last one that this kernel knows
    report(init, Fault::SystemCall, errno);
  }
}

void run(Init& init, const plan::SetGroups& step) {
  const int result = sys::call(SYS_setgroups, step.gids.count, init.numbers(step.gids));
  const bool may_be_refused = step.refusal == plan::Errors::Tolerate;
  if (result == 0 || (may_be_refused && errno == EPERM)) return;
  report(init, Fault::SystemCall, errno, "");
}

void run(Init& init, const plan::SetIds& step) {
  own_pipes(step.user.uid);
  check(init, sys::prctl(PR_SET_KEEPCAPS, 1));  // execve(2) clears it
  set_user(init, step.user.uid, step.user.gid);
}

void run(Init& init, const plan::SetCapabilities& step) {
  check(init,
        sys::set_capabilities(step.permitted.mask, step.effective.mask, step.inheritable.mask));
}

void run(Init& init, const plan::SetAmbient& step) {
  check(init, sys::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL));
  for (unsigned capability = 0; capability < kCapabilities; ++capability) {
    if (has(step.capabilities.mask, capability)) {
      check(init, sys::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability));
    }
  }
}

void run(Init& init, const plan::SetNoNewPrivileges&) {
  check(init, sys::prctl(PR_SET_NO_NEW_PRIVS, 1));
}

}  // namespace berth::init
