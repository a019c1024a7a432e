#include "runtime/plan/op_words.h"

#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sys/resource.h>

#include <iterator>

#include "spec/error.h"
#include "spec/words.h"

namespace berth::plan {

namespace {

struct Flag {
  std::uint64_t bit;
  const char* word;
};

constexpr Flag kPropagations[] = {{MS_SHARED, "shared"},
                                  {MS_SLAVE, "slave"},
                                  {MS_PRIVATE, "private"},
                                  {MS_UNBINDABLE, "unbindable"}};
constexpr Flag kAttributes[] = {
    {MOUNT_ATTR_RDONLY, "ro"},
    {MOUNT_ATTR_NOSUID, "nosuid"},
    {MOUNT_ATTR_NODEV, "nodev"},
    {MOUNT_ATTR_NOEXEC, "noexec"},
    {MOUNT_ATTR_NOATIME, "noatime"},
    {MOUNT_ATTR_STRICTATIME, "strictatime"},
    {MOUNT_ATTR_NODIRATIME, "nodiratime"},
    {MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"},
};

constexpr Flag kFilterFlags[] = {
    {SECCOMP_FILTER_FLAG_TSYNC, "tsync"},
    {SECCOMP_FILTER_FLAG_LOG, "log"},
    {SECCOMP_FILTER_FLAG_SPEC_ALLOW, "spec_allow"},
    {SECCOMP_FILTER_FLAG_NEW_LISTENER, "a listener"},
    {SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, "wait_killable_recv"},
};

template <std::size_t kSize>
std::string words_of(std::uint64_t bits, const Flag (&flags)[kSize], const std::string& before) {
  std::string words;
  for (const Flag& flag : flags) {
    if ((bits & flag.bit) != 0) words += before + flag.word;
  }
  return words;
}

// ---- what `{}` stands for in the words of a step --------------------------------------------

std::string namespaces(const Step& step) { return spec::kNamespaceTypes.words_of(step.number[0]); }

std::string propagation(const Step& step) {
  return words_of(step.number[0], kPropagations, "") +
         (step.number[2] != 0 ? " with everything below" : "");
}

/// ` +ro -nodev`. The ways of updating atime are one field, and a value in it says it all.
std::string new_attributes(const Step& step) { return words_of(step.number[0], kAttributes, " +"); }
std::string attributes(const Step& step) {
  const std::uint64_t set = step.number[0], cleared = step.number[1];
  const bool is_relatime =
      (cleared & MOUNT_ATTR__ATIME) != 0 && (set & MOUNT_ATTR__ATIME) == MOUNT_ATTR_RELATIME;
  return new_attributes(step) +
         words_of(cleared & ~set & ~std::uint64_t{MOUNT_ATTR__ATIME}, kAttributes, " -") +
         (is_relatime ? " +relatime" : "") + (step.number[2] != 0 ? " with everything below" : "");
}

/// `log, a listener`
std::string filter_flags(const Step& step) {
  const std::string words = words_of(step.number[0], kFilterFlags, ", ");
  return words.empty() ? words : words.substr(2);
}

std::string entry(const Step& step) {
  return static_cast<Entry>(step.number[0]) == Entry::Pivot ? "pivot_root" : "chroot";
}

std::string sync(const Step& step) {
  switch (static_cast<Sync>(step.number[0])) {
    case Sync::Cgroups:
      return "cgroups";
    case Sync::UserReady:
      return "the user namespace is there";
    case Sync::MountsDone:
      return "the mounts are done";
    case Sync::Ready:
      return "ready";
  }
  return {};
}

// ---- the table ------------------------------------------------------------------------------

struct Row {
  Op op;
  std::string_view name;
  std::string_view words;  ///< {0} {1}: texts; {d1} {o0} {x0}: numbers in that base, {l1} as a
                           ///< limit; {}: detail; […]: only when none of these is empty
  std::string (*detail)(const Step&) = nullptr;
};

constexpr Row kRows[] = {
    {Op::OpenDirectory, "open_directory", "open the directory '{0}'"},
    {Op::OpenNamespace, "open_namespace", "open the {} namespace '{0}'", namespaces},
    {Op::CheckNamespace, "check_namespace", "look whose {} namespace '{0}' is", namespaces},
    {Op::OpenUserNamespace, "open_user_namespace", "make a user namespace for id mappings"},
    {Op::ConnectConsole, "connect_console", "connect to the console[ socket '{0}']"},
    {Op::ListenForStart, "listen_for_start", "listen for start"},
    {Op::MakeFilter, "make_filter", "make the seccomp filter"},
    {Op::MakeCgroup, "make_cgroup", "make the cgroup '{0}'"},
    {Op::OpenCgroup, "open_cgroup", "open the cgroup '{0}'"},
    {Op::CheckNetDevice, "check_net_device", "check the network device '{0}'[, to be '{1}']"},
    {Op::NewDevice, "new_device", "make a device for '{0}'"},
    {Op::MakeRdtGroup, "make_rdt_group", "make the resctrl group '{0}'"},
    {Op::SetRdtSchema, "set_rdt_schema", "set the schema[ '{1}' of] '{0}'"},
    {Op::CgroupWrite, "cgroup_write", "write[ '{1}' to] '{0}'"},
    {Op::AttachDeviceRules, "attach_device_rules", "attach the device rules"},
    {Op::WriteIdMap, "write_id_map", "write '{0}'"},
    {Op::CallIdMapper, "call_id_mapper", "let '{0}' map the ids"},
    {Op::SetOomScoreAdj, "set_oom_score_adj", "set oom_score_adj to '{0}'"},
    {Op::RaiseRlimit, "raise_rlimit", "raise the hard limit '{0}' to {l1}"},
    {Op::SetScheduler, "set_scheduler", "set the scheduler to '{0}'"},
    {Op::MoveNetDevice, "move_net_device", "move the network device '{0}'[, to be '{1}']"},
    {Op::EnterRdtGroup, "enter_rdt_group", "enter the resctrl group '{0}'"},
    {Op::EnterCgroup, "enter_cgroup", "enter the cgroup '{0}'"},
    {Op::JoinNamespace, "join_namespace", "join the {} namespace '{0}'", namespaces},
    {Op::NewTimeNamespace, "new_time_namespace", "make a time namespace"},
    {Op::WriteTimeOffsets, "write_time_offsets", "write the time offset[ '{0}']"},
    {Op::Clone, "clone", "start the first process[ in new namespaces: {}]", namespaces},
    {Op::NewNamespaces, "new_namespaces", "make the namespaces {}", namespaces},
    {Op::Synchronize, "synchronize", "wait for the host: {}", sync},
    {Op::BecomeNamespaceRoot, "become_namespace_root", "become root of the user namespace"},
    {Op::EnterTimeNamespace, "enter_time_namespace", "enter the time namespace"},
    {Op::NewSession, "new_session", "make a session"},
    {Op::NewKeyring, "new_keyring", "make a session keyring"},
    {Op::LoopbackUp, "loopback_up", "set the loopback interface up"},
    {Op::NewCgroupNamespace, "new_cgroup_namespace", "make a cgroup namespace"},
    {Op::DetachPropagation, "detach_propagation", "make all mounts {}", propagation},
    {Op::AttachRoot, "attach_root", "place the root file system on '{0}'"},
    {Op::UseRoot, "use_root", "take the directory as root"},
    {Op::NewFilesystem, "new_filesystem", "mount '{0}'"},
    {Op::PickFilesystem, "pick_filesystem", "configure the mount on '{0}'"},
    {Op::FilesystemOption, "filesystem_option", "set '{0}'[ to '{1}']"},
    {Op::CreateFilesystem, "create_filesystem", "create the mount{}", new_attributes},
    {Op::Reconfigure, "reconfigure", "reconfigure the file system"},
    {Op::TakeTree, "take_tree", "take the copy of the mount[ '{0}']"},
    {Op::FindMount, "find_mount", "find the mount on '{0}'"},
    {Op::CheckDevice, "check_device", "check the host's device '{0}'"},
    {Op::LabelMount, "label_mount", "label the mount '{0}'"},
    {Op::TakeMode, "take_mode", "look at the mode of '{0}'"},
    {Op::CopyUp, "copy_up", "copy the content of '{0}'"},
    {Op::Attributes, "attributes", "set attributes{}", attributes},
    {Op::Propagation, "propagation", "make it {}", propagation},
    {Op::Place, "place", "place on '{0}'"},
    {Op::MakeDevice, "make_device", "make the device '{0}'"},
    {Op::MakeSymlink, "make_symlink", "make the symbolic link '{0}'[ to '{1}']"},
    {Op::MakeWorkingDirectory, "make_working_directory", "make the working directory '{0}'"},
    {Op::OpenNull, "open_null", "open '{0}'"},
    {Op::OpenProc, "open_proc", "make a proc file system to write to"},
    {Op::MoveRoot, "move_root", "move the root file system over that of the host"},
    {Op::RemoveMount, "remove_mount", "take the host's '{0}' away"},
    {Op::EnterRoot, "enter_root", "enter the root by {}", entry},
    {Op::OpenTerminal, "open_terminal", "open the terminal"},
    {Op::ReplaceNull, "replace_null", "replace standard streams that are '{0}'"},
    {Op::WriteSysctl, "write_sysctl", "write[ '{1}' to] '/proc/sys/{0}'"},
    {Op::CloseProc, "close_proc", "close that proc file system"},
    {Op::SetHostname, "set_hostname", "set the hostname to '{0}'"},
    {Op::SetDomainname, "set_domainname", "set the domainname to '{0}'"},
    {Op::ProtectPath, "protect_path", "make '{0}' read-only"},
    {Op::MaskPath, "mask_path", "mask '{0}'"},
    {Op::SetLabel, "set_label", "write[ '{1}' to] `/proc/self/{0}`"},
    {Op::SetPersonality, "set_personality", "set the personality to '{0}'"},
    {Op::SetMemoryPolicy, "set_memory_policy", "set the memory policy to '{0}'[ of nodes '{1}']"},
    {Op::SetIoPriority, "set_io_priority", "set the io priority to '{0}' {d1}"},
    {Op::StartHandOver, "start_hand_over", "start what hands the listener over"},
    {Op::SetAffinity, "set_affinity", "let it run on every processor"},
    {Op::CloseDescriptors, "close_descriptors", "close all descriptors but stdio and {d0} more"},
    {Op::ChangeDirectory, "change_directory", "change to the directory '{0}'"},
    {Op::SetBoundingSet, "set_bounding_set", "limit the capabilities to {x0}"},
    {Op::SetGroups, "set_groups", "set {d0} additional groups"},
    {Op::SetIds, "set_ids", "become the user {d0}:{d1}"},
    {Op::SetCapabilities, "set_capabilities",
     "set the capabilities: permitted {x0}, effective {x1}, inheritable {x2}"},
    {Op::SetAmbient, "set_ambient", "set the ambient capabilities to {x0}"},
    {Op::SetNoNewPrivileges, "set_no_new_privileges", "set no_new_privs"},
    {Op::SetUmask, "set_umask", "set the umask to {o0}"},
    {Op::Fork, "fork", "fork into the pid namespace"},
    {Op::WaitForStart, "wait_for_start", "wait for start"},
    {Op::AnnounceProgram, "announce_program", "announce the program"},
    {Op::AllowCores, "allow_cores", "allow core files as the caller does"},
    {Op::SetRlimit, "set_rlimit", "set the limit '{0}' to {l1}:{l2}"},
    {Op::FindProgram, "find_program", "find the program '{0}'"},
    {Op::LoadSeccomp, "load_seccomp", "load the seccomp filter[ with {}]", filter_flags},
    {Op::Execute, "execute", "execute '{0}'"},
    {Op::MapIds, "map_ids", "map the ids of[ '{0}']"},
    {Op::OpenTree, "open_tree", "open a copy of the mount '{0}'"},
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

std::string number_words(char form, std::uint64_t number) {
  if (form == 'l' && number == RLIM_INFINITY) return "unlimited";
  const unsigned base = form == 'x' ? 16 : form == 'o' ? 8 : 10;
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[number % base]);
    number /= base;
  } while (number != 0);
  return (base == 16 ? "0x" : base == 8 ? "0" : "") + digits;
}

/// What a `{…}` in the table stands for.
std::string value_of(std::string_view field, const Step& step, std::string_view t0,
                     std::string_view t1) {
  if (field.empty()) return row_of(step.op).detail(step);
  if (field == "0") return std::string(t0);
  if (field == "1") return std::string(t1);
  return number_words(field[0], step.number[field[1] - '0']);
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
  const std::string_view form = row_of(step.op).words;
  std::string words;
  std::size_t optional = 0;  // where the open […] began
  bool keep = true;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '[') {
      optional = words.size();
      keep = true;
    } else if (form[i] == ']') {
      if (!keep) words.resize(optional);
    } else if (form[i] == '{') {
      const std::size_t end = form.find('}', i);
      const std::string value = value_of(form.substr(i + 1, end - i - 1), step, t0, t1);
      keep = keep && !value.empty();
      words += value;
      i = end;
    } else {
      words += form[i];
    }
  }
  return words;
}

}  // namespace berth::plan
