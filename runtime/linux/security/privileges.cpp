#include "runtime/linux/security/privileges.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "runtime/linux/base/calls.h"
#include "runtime/linux/base/system_error.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/file_facts.h"

// berth uses libcap-ng's table of names, which refers to this variable of the library's other half.
// With it here, a static berth does not contain that half: a constructor that reads /proc at each
// start (3 % of the time of `state`), and functions that look users up, for half a megabyte of
// code.
extern "C" const unsigned int last_cap;
const unsigned int last_cap = CAP_LAST_CAP;

namespace berth::sys {

namespace {

/// The result is negative if the kernel does not know the capability.
int is_bounded_by(int capability) {
  return ::prctl(PR_CAPBSET_READ, static_cast<unsigned long>(capability), 0, 0, 0);
}

/// Returns the old limit; `wanted` may be null.
rlimit set_limit(pid_t pid, int resource, const rlimit* wanted) {
  rlimit before = {};
  if (call(SYS_prlimit64, pid, resource, wanted, &before) < 0) {
    fail_errno("prlimit", "resource " + std::to_string(resource));
  }
  return before;
}

rlimit limit_of(int resource, pid_t pid = 0) { return set_limit(pid, resource, nullptr); }

/// libcap-ng's names, `chown` and so on, by number: literals of the library, which knows as many
/// capabilities as the kernel's header (linux_host_test.cpp).
std::array<std::string_view, CAP_LAST_CAP + 1> lower_case_names() {
  std::array<std::string_view, CAP_LAST_CAP + 1> names;
  unsigned capability = 0;
  for (std::string_view& name : names) name = ::capng_capability_to_name(capability++);
  return names;
}

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

CapabilityBounds capability_bounds(std::uint64_t asked) {
  CapabilityBounds bounds;
  while (is_bounded_by(bounds.last + 1) >= 0) ++bounds.last;
  for (int capability = 0; capability <= bounds.last; ++capability) {
    const std::uint64_t bit = std::uint64_t{1} << capability;
    if ((asked & bit) != 0 && is_bounded_by(capability) > 0) bounds.set |= bit;
  }
  return bounds;
}

std::uint64_t effective_capabilities() {
  constexpr int kBitsPerWord = 32;
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words = {};
  if (::syscall(SYS_capget, &header, words.data()) < 0) fail_errno("capget", "this process");
  return words[0].effective | std::uint64_t{words[1].effective} << kBitsPerWord;
}

std::uint64_t own_user_namespace() {
  // Asked once, because the kernel makes an entry of /proc for the answer. Another failure than
  // that there is no such file is an error.
  static const std::uint64_t inode = inode_if_exists("/proc/self/ns/user").value_or(0);
  return inode;
}

bool in_user_namespace() {
  constexpr std::uint64_t kFirst = 0xEFFFFFFD;  // PROC_USER_INIT_INO, constant since Linux 3.8
  const std::uint64_t own = own_user_namespace();
  return own != 0 && own != kFirst;
}

bool owns_mount_namespace() {
  const Fd space = open("/proc/self/ns/mnt", O_RDONLY);
  // The kernel returns the owner only if it is berth's own user namespace or one below it.
  return static_cast<bool>(Fd(::ioctl(space.get(), NS_GET_USERNS)));
}

bool may_set_groups() {
  return read_file_if_exists("/proc/self/setgroups").value_or("") != "deny\n";
}

std::optional<int> capability_number(std::string_view name) {
  constexpr std::string_view kPrefix = "CAP_";
  static const std::array<std::string_view, CAP_LAST_CAP + 1> all = lower_case_names();
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const auto is_named = [name](std::string_view lower) {
    return std::equal(name.begin(), name.end(), lower.begin(), lower.end(),
                      [](char c, char small) { return c == to_upper(small); });
  };
  const auto found = std::find_if(all.begin(), all.end(), is_named);
  if (found == all.end()) return std::nullopt;
  return static_cast<int>(found - all.begin());
}

std::vector<std::string> capability_names() {
  std::vector<std::string> names;
  for (const std::string_view lower : lower_case_names()) {
    std::string& name = names.emplace_back("CAP_");
    std::transform(lower.begin(), lower.end(), std::back_inserter(name), to_upper);
  }
  return names;
}

std::uint64_t hard_limit(int resource) { return limit_of(resource).rlim_max; }
std::uint64_t soft_limit(int resource) { return limit_of(resource).rlim_cur; }

void raise_hard_limit(pid_t pid, int resource, std::uint64_t hard) {
  rlimit limit = limit_of(resource, pid);
  if (limit.rlim_max >= hard) return;
  limit.rlim_max = hard;
  (void)set_limit(pid, resource, &limit);  // the old limit is known
}

}  // namespace berth::sys
