// berth-init: waits for a plan and carries out the steps of its side, in order, as what becomes the
// container's first process. argv[1] is the number of its descriptor of the talk.
#include <linux/sched.h>
#include <sys/stat.h>
#include <time.h>

#include <array>

#include "runtime/init/handover.h"
#include "runtime/init/limits.h"
#include "runtime/init/state.h"
#include "runtime/init/steps.h"
#include "runtime/init/sys.h"

namespace berth::init {

namespace {

struct Row {
  Op op;
  void (*function)(Init& init, const Step& step);
};

/// In the order of Op, from the first one that is not the host's alone.
constexpr Row kRows[] = {
    {Op::EnterCgroup, enter_cgroup},
    {Op::JoinNamespace, join_namespace},
    {Op::NewTimeNamespace, new_time_namespace},
    {Op::WriteTimeOffsets, write_time_offsets},
    {Op::Clone, clone},
    {Op::NewNamespaces, new_namespaces},
    {Op::Synchronize, synchronize},
    {Op::BecomeNamespaceRoot, become_namespace_root},
    {Op::EnterTimeNamespace, enter_time_namespace},
    {Op::NewSession, new_session},
    {Op::NewKeyring, new_keyring},
    {Op::LoopbackUp, loopback_up},
    {Op::NewCgroupNamespace, new_cgroup_namespace},
    {Op::DetachPropagation, detach_propagation},
    {Op::AttachRoot, attach_root},
    {Op::UseRoot, use_root},
    {Op::NewFilesystem, new_filesystem},
    {Op::PickFilesystem, pick_filesystem},
    {Op::FilesystemOption, filesystem_option},
    {Op::CreateFilesystem, create_filesystem},
    {Op::Reconfigure, reconfigure},
    {Op::TakeTree, take_tree},
    {Op::FindMount, find_mount},
    {Op::CheckDevice, check_device},
    {Op::LabelMount, label_mount},
    {Op::TakeMode, take_mode},
    {Op::CopyUp, copy_up},
    {Op::Attributes, set_attributes},
    {Op::Propagation, set_propagation},
    {Op::Place, place},
    {Op::MakeDevice, make_device},
    {Op::MakeSymlink, make_symlink},
    {Op::MakeWorkingDirectory, make_working_directory},
    {Op::OpenNull, open_null},
    {Op::OpenProc, open_proc},
    {Op::MoveRoot, move_root},
    {Op::RemoveMount, remove_mount},
    {Op::EnterRoot, enter_root},
    {Op::OpenTerminal, open_terminal},
    {Op::ReplaceNull, replace_null},
    {Op::WriteSysctl, write_sysctl},
    {Op::CloseProc, close_proc},
    {Op::SetHostname, set_hostname},
    {Op::SetDomainname, set_domainname},
    {Op::ProtectPath, protect_path},
    {Op::MaskPath, mask_path},
    {Op::SetLabel, set_label},
    {Op::SetPersonality, set_personality},
    {Op::SetMemoryPolicy, set_memory_policy},
    {Op::SetIoPriority, set_io_priority},
    {Op::StartHandOver, start_hand_over},
    {Op::SetAffinity, set_affinity},
    {Op::CloseDescriptors, close_descriptors},
    {Op::ChangeDirectory, change_directory},
    {Op::SetBoundingSet, set_bounding_set},
    {Op::SetGroups, set_groups},
    {Op::SetIds, set_ids},
    {Op::SetCapabilities, set_capabilities},
    {Op::SetAmbient, set_ambient},
    {Op::SetNoNewPrivileges, set_no_new_privileges},
    {Op::SetUmask, set_umask},
    {Op::Fork, fork_into_namespace},
    {Op::WaitForStart, wait_for_start},
    {Op::AnnounceProgram, announce_program},
    {Op::AllowCores, allow_cores},
    {Op::SetRlimit, set_rlimit},
    {Op::FindProgram, find_program},
    {Op::LoadSeccomp, load_seccomp},
    {Op::Execute, execute},
    {Op::MapIds, map_ids},
    {Op::OpenTree, open_tree},
    {Op::RunHook, run_hook},
};

constexpr std::size_t row_of(Op op) {
  return static_cast<std::size_t>(op) - static_cast<std::size_t>(Op::EnterCgroup);
}

constexpr bool is_complete() {
  for (std::size_t row = 0; row < std::size(kRows); ++row) {
    if (row_of(kRows[row].op) != row) return false;
  }
  return std::size(kRows) == row_of(Op::kCount);
}
static_assert(is_complete());

std::uint64_t now() {
  timespec time = {};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

void run(Init& init, const Step& step) {
  if (step.op < Op::EnterCgroup || step.op >= Op::kCount) report(init, Fault::Protocol, 0);
  plan::Stamp* stamp = init.stamps == nullptr ? nullptr : init.stamps + init.index;
  if (stamp != nullptr && !init.is_silent()) stamp->begin = now();
  kRows[row_of(step.op)].function(init, step);
  if (stamp != nullptr && !init.is_silent()) stamp->end = now();
}

/// The whole of `text` as a descriptor number, or -1.
int descriptor(const char* text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9' && number < 1'000'000; ++text) {
    number = number * 10 + (*text - '0');
  }
  return *text == '\0' ? number : -1;
}

}  // namespace

}  // namespace berth::init

/// Ends in Execute; or in report(), once the image could be read.
int main(int argc, char** argv) {
  using namespace berth::init;
  if (sys::set_not_dumpable() < 0 || sys::set_death_signal(SIGKILL) < 0 ||
      sys::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0) {
    return 1;
  }
  // The host knows an init that waits by this name. It cannot be refused.
  (void)sys::call(SYS_prctl, PR_SET_NAME, "berth-init", 0, 0, 0);
  umask(0);

  Init init;
  forbid_cores(init);
  if (argc != 2 || !receive_image(init, descriptor(argv[1]))) return 1;
  for (; init.index < init.step_count; ++init.index) {
    const Step& step = init.steps[init.index];
    if (step.side != berth::plan::Side::Host) run(init, step);
  }
  return 1;
}
