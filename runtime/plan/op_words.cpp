#include "runtime/plan/op_words.h"

#include <sys/mount.h>
#include <sys/resource.h>

#include <iterator>

#include "runtime/plan/namespace_type.h"
#include "spec/error.h"

namespace berth::plan {

namespace {

std::string in_base(std::uint64_t number, unsigned base, const char* prefix) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[number % base]);
    number /= base;
  } while (number != 0);
  return prefix + digits;
}

std::string hex(std::uint64_t number) { return in_base(number, 16, "0x"); }

std::string limit(std::uint64_t number) {
  return number == RLIM_INFINITY ? "unlimited" : std::to_string(number);
}

// ---- what `{}` stands for in the words of a step --------------------------------------------

std::string namespaces(const Step& step) { return namespace_types(step.number[0]); }
std::string hard_limit(const Step& step) { return limit(step.number[1]); }
std::string both_limits(const Step& step) {
  return limit(step.number[1]) + ":" + limit(step.number[2]);
}
std::string octal(const Step& step) { return in_base(step.number[0], 8, "0"); }
std::string mask(const Step& step) { return hex(step.number[0]); }
std::string count(const Step& step) { return std::to_string(step.number[0]); }
std::string first_closed(const Step& step) { return std::to_string(3 + step.number[0]); }
std::string ids(const Step& step) {
  return std::to_string(step.number[0]) + ":" + std::to_string(step.number[1]);
}
std::string capability_sets(const Step& step) {
  return "permitted " + hex(step.number[0]) + ", effective " + hex(step.number[1]) +
         ", inheritable " + hex(step.number[2]) + ", ambient " + hex(step.number[3]);
}

std::string entry(const Step& step) {
  return static_cast<Entry>(step.number[0]) == Entry::Pivot ? "pivot_root" : "chroot";
}

std::string sync(const Step& step) {
  switch (static_cast<Sync>(step.number[0])) {
    case Sync::UserReady:
      return "the user namespace is there";
    case Sync::MountsDone:
      return "the mounts are done";
    case Sync::Ready:
      return "ready";
  }
  return {};
}

std::string propagation(const Step& step) {
  struct Row {
    std::uint64_t flag;
    const char* word;
  };
  constexpr Row kRows[] = {{MS_SHARED, "shared"},
                           {MS_SLAVE, "slave"},
                           {MS_PRIVATE, "private"},
                           {MS_UNBINDABLE, "unbindable"}};
  std::string words;
  for (const Row& row : kRows) {
    if ((step.number[0] & row.flag) != 0) words += row.word;
  }
  return words + (step.number[2] != 0 ? " with everything below" : "");
}

/// `+ro -nodev`. The ways of updating atime are one field: a value that is set says it all.
std::string attributes(const Step& step) {
  struct Row {
    std::uint64_t bit;
    const char* word;
  };
  constexpr Row kRows[] = {{MOUNT_ATTR_RDONLY, "ro"},
                           {MOUNT_ATTR_NOSUID, "nosuid"},
                           {MOUNT_ATTR_NODEV, "nodev"},
                           {MOUNT_ATTR_NOEXEC, "noexec"},
                           {MOUNT_ATTR_NOATIME, "noatime"},
                           {MOUNT_ATTR_STRICTATIME, "strictatime"},
                           {MOUNT_ATTR_NODIRATIME, "nodiratime"},
                           {MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"}};
  const std::uint64_t set = step.number[0];
  const std::uint64_t cleared = step.op == Op::Attributes ? step.number[1] : 0;
  std::string words;
  const auto add = [&](char sign, const char* word) {
    if (!words.empty()) words += ' ';
    words += sign;
    words += word;
  };
  for (const Row& row : kRows) {
    const bool is_atime = (row.bit & MOUNT_ATTR__ATIME) != 0;
    if ((set & row.bit) != 0) {
      add('+', row.word);
    } else if ((cleared & row.bit) != 0 && !is_atime) {
      add('-', row.word);
    }
  }
  if ((cleared & MOUNT_ATTR__ATIME) != 0 && (set & MOUNT_ATTR__ATIME) == 0) add('+', "relatime");
  if (step.op == Op::Attributes && step.number[2] != 0) words += " with everything below";
  return words;
}

// ---- the table ------------------------------------------------------------------------------

struct Row {
  Op op;
  std::string_view name;
  std::string_view words;  ///< {0} {1}: texts; {}: detail; […]: only when these are not empty
  std::string (*detail)(const Step&) = nullptr;
};

constexpr Row kRows[] = {
    {Op::OpenTree, "open_tree", "open a copy of the mount '{0}'"},
    {Op::OpenDirectory, "open_directory", "open the directory '{0}'"},
    {Op::OpenNamespace, "open_namespace", "open the {} namespace '{0}'", namespaces},
    {Op::ConnectConsole, "connect_console", "connect to the console[ socket '{0}']"},
    {Op::ListenForStart, "listen_for_start", "listen for start"},
    {Op::MakeCgroup, "make_cgroup", "make the cgroup '{0}'"},
    {Op::OpenCgroup, "open_cgroup", "open the cgroup '{0}'"},
    {Op::CgroupWrite, "cgroup_write", "write[ '{1}' to] '{0}'"},
    {Op::AttachDeviceRules, "attach_device_rules", "attach the device rules"},
    {Op::WriteIdMap, "write_id_map", "write '{0}'"},
    {Op::SetOomScoreAdj, "set_oom_score_adj", "set oom_score_adj to '{0}'"},
    {Op::RaiseRlimit, "raise_rlimit", "raise the hard limit '{0}' to {}", hard_limit},
    {Op::EnterCgroup, "enter_cgroup", "enter the cgroup '{0}'"},
    {Op::JoinNamespace, "join_namespace", "join the {} namespace '{0}'", namespaces},
    {Op::NewTimeNamespace, "new_time_namespace", "make a time namespace"},
    {Op::WriteTimeOffsets, "write_time_offsets", "write the time offsets"},
    {Op::Clone, "clone", "start the first process[ in new namespaces: {}]", namespaces},
    {Op::Synchronize, "synchronize", "wait for the host: {}", sync},
    {Op::BecomeNamespaceRoot, "become_namespace_root", "become root of the user namespace"},
    {Op::NewSession, "new_session", "make a session"},
    {Op::NewKeyring, "new_keyring", "make the session keyring '{0}'"},
    {Op::LoopbackUp, "loopback_up", "set the loopback interface up"},
    {Op::NewCgroupNamespace, "new_cgroup_namespace", "make a cgroup namespace"},
    {Op::DetachPropagation, "detach_propagation", "make all mounts {}", propagation},
    {Op::AttachRoot, "attach_root", "place the root file system on '{0}'"},
    {Op::UseRoot, "use_root", "take the directory as root"},
    {Op::NewFilesystem, "new_filesystem", "mount '{0}'"},
    {Op::PickFilesystem, "pick_filesystem", "configure the mount on '{0}'"},
    {Op::FilesystemOption, "filesystem_option", "set '{0}'[ to '{1}']"},
    {Op::CreateFilesystem, "create_filesystem", "create the mount[ {}]", attributes},
    {Op::Reconfigure, "reconfigure", "reconfigure the file system"},
    {Op::TakeTree, "take_tree", "take the copy of the mount[ '{0}']"},
    {Op::FindMount, "find_mount", "find the mount on '{0}'"},
    {Op::Attributes, "attributes", "set attributes {}", attributes},
    {Op::Propagation, "propagation", "make it {}", propagation},
    {Op::Place, "place", "place on '{0}'"},
    {Op::MakeDevice, "make_device", "make the device '{0}'"},
    {Op::MakeSymlink, "make_symlink", "make the symbolic link '{0}'[ to '{1}']"},
    {Op::OpenNull, "open_null", "open '{0}'"},
    {Op::EnterRoot, "enter_root", "enter the root by {}", entry},
    {Op::OpenTerminal, "open_terminal", "open the terminal"},
    {Op::WriteSysctl, "write_sysctl", "write[ '{1}' to] '/proc/sys/{0}'"},
    {Op::SetHostname, "set_hostname", "set the hostname to '{0}'"},
    {Op::SetDomainname, "set_domainname", "set the domainname to '{0}'"},
    {Op::ProtectPath, "protect_path", "make '{0}' read-only"},
    {Op::MaskPath, "mask_path", "mask '{0}'"},
    {Op::SetUmask, "set_umask", "set the umask to {}", octal},
    {Op::ChangeDirectory, "change_directory", "change to the directory '{0}'"},
    {Op::SetBoundingSet, "set_bounding_set", "limit the capabilities to {}", mask},
    {Op::SetGroups, "set_groups", "set {} additional groups", count},
    {Op::SetIds, "set_ids", "become the user {}", ids},
    {Op::SetCapabilities, "set_capabilities", "set the capabilities: {}", capability_sets},
    {Op::SetNoNewPrivileges, "set_no_new_privileges", "set no_new_privs"},
    {Op::CloseDescriptors, "close_descriptors", "close descriptors from {} on", first_closed},
    {Op::WaitForStart, "wait_for_start", "wait for start"},
    {Op::SetRlimit, "set_rlimit", "set the limit '{0}' to {}", both_limits},
    {Op::Execute, "execute", "execute '{0}'"},
    {Op::RunHook, "run_hook", "run the hook '{0}'"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].op != static_cast<Op>(i)) return false;
  }
  return std::size(kRows) == static_cast<std::size_t>(Op::kCount);
}
static_assert(is_in_order(), "one row for each Op, in its order");

/// Checked: a failure's step comes from another process.
const Row& row_of(Op op) {
  if (op >= Op::kCount) fail(ErrorKind::Bug, "no such instruction");
  return kRows[static_cast<std::size_t>(op)];
}

}  // namespace

std::string_view op_name(Op op) { return row_of(op).name; }

std::string_view side_name(Side side) {
  switch (side) {
    case Side::Host:
      return "host";
    case Side::Prologue:
      return "prologue";
    case Side::Child:
      return "child";
  }
  return {};
}

std::string step_words(const Step& step, std::string_view t0, std::string_view t1) {
  const Row& row = row_of(step.op);
  const std::string detail = row.detail != nullptr ? row.detail(step) : "";
  std::string words;
  std::size_t optional = std::string::npos;  // where the open […] began
  bool keep = true;
  for (std::size_t i = 0; i < row.words.size(); ++i) {
    const char c = row.words[i];
    if (c == '[') {
      optional = words.size();
      keep = true;
    } else if (c == ']') {
      if (!keep) words.resize(optional);
    } else if (c == '{') {
      const char which = row.words[i + 1];
      const std::string_view value = which == '0' ? t0 : which == '1' ? t1 : detail;
      if (value.empty()) keep = false;
      words += value;
      i = row.words.find('}', i);
    } else {
      words += c;
    }
  }
  return words;
}

}  // namespace berth::plan
