// The instruction set of a Plan, shared by the compiler (runtime/plan), the host side
// (runtime/launch) and berth-init (runtime/init). A step is plain data: an opcode, operands, and
// its origin, the JSON pointer of the property that asked for it. Nothing here allocates or parses,
// and nothing needs more than the freestanding headers: init includes it.
#pragma once

#include <cstdint>

namespace berth::plan {

/// Who carries a step out. Host: berth itself. Prologue: init before its clone, on the host's side
/// of every new namespace. Child: init after it, the container's first process.
enum class Side : std::uint8_t { Host, Prologue, Child };

/// One line each: operands by their names in Step. `S` is Step::slot, `t0`… Step::text, `n0`…
/// Step::number. Registers of init: R the root of the container, F a file system context being
/// configured, M the mount at hand, N the verified null device, P a procfs for writing alone.
enum class Op : std::uint16_t {
  // ---- host, before the image is sent: what fills slots, and what a crash must be able to undo
  // ----
  OpenDirectory,      ///< S := the directory t0, O_PATH
  OpenNamespace,      ///< S := the namespace file t0; n0: the CLONE_NEW* it has to be of
  CheckNamespace,     ///< the namespace in slot n1, of the file t0 and type n0, is not our own
  OpenUserNamespace,  ///< S := a user namespace of nobody with the id maps t0 (uid) and t1 (gid)
  ConnectConsole,     ///< S := connection to the console socket t0; t0 empty: the one of the caller
  ListenForStart,     ///< S := listening socket `start` of the state directory
  MakeFilter,         ///< S := Plan::seccomp as a program for the kernel
  MakeCgroup,         ///< directory number n0 of CgroupPlan; t0: its path
  OpenCgroup,         ///< S := entrance of directory n0: `tasks` (v1), the directory itself (v2)
  CheckNetDevice,  ///< t0 is a network device of ours that can be moved; with t1, later: this name
                   ///< is free in the child's network namespace
  NewDevice,     ///< S := a new device for t0; n0 mode with type, n1 major << 32 | minor, n2 host's
                 ///< uid << 32 | gid
  MakeRdtGroup,  ///< directory t0 of resctrl; n0: RdtUse
  SetRdtSchema,  ///< line t1 in `schemata` of t0: written if that was just made, else compared

  // ---- host, while init runs ----
  CgroupWrite,        ///< number n0 of CgroupPlan::writes; t0 file, t1 value
  AttachDeviceRules,  ///< CgroupPlan::device_program
  WriteIdMap,         ///< t0: `uid_map`, `gid_map`, `setgroups` or `timens_offsets` of the child;
                      ///< t1: its lines
  CallIdMapper,       ///< t0: newuidmap or newgidmap; t1: the lines of the map
  SetOomScoreAdj,     ///< t0: the decimal value
  RaiseRlimit,    ///< t0: RLIMIT_ name; n0 resource, n1: the hard limit to allow, soft unchanged
  SetScheduler,   ///< Plan::scheduler; t0: its policy
  MoveNetDevice,  ///< t0, to the child's network namespace as t1, with its addresses, and set up
  EnterRdtGroup,  ///< the child, into the directory t0 of resctrl

  // ---- prologue ----
  EnterCgroup,       ///< S, at t0: write `0` to tasks (v1) or, with n0 = 1, to cgroup.procs of the
                     ///< directory (v2)
  JoinNamespace,     ///< S; n0 CLONE_NEW*; t0 path; n1 = 1: a refusal is no error, try again later.
                     ///< A pid namespace the child joins: only its forks are in it
  NewTimeNamespace,  ///< unshare
  WriteTimeOffsets,  ///< t0: a line of /proc/self/timens_offsets
  Clone,  ///< n0: CLONE_NEW* flags; S: v2 cgroup to be born in, or none; n1 = 1: the child
          ///< may have the memory of the prologue, which ends

  // ---- child: itself ----
  NewNamespaces,        ///< n0: CLONE_NEW* flags; unshare
  Synchronize,          ///< n0: Sync; waits for the host's answer. n1 = 1: our /proc files are the
                        ///< caller's meanwhile, which an unprivileged host needs to write there
  BecomeNamespaceRoot,  ///< uid and gid 0 of the user namespace, no supplementary groups
  EnterTimeNamespace,   ///< the one that init has made for its children
  NewSession,           ///< setsid
  NewKeyring,           ///< of the session
  LoopbackUp,
  NewCgroupNamespace,

  // ---- child: files, before and after the root is entered ----
  DetachPropagation,  ///< of everything mounted now; n0 MS_SLAVE or MS_PRIVATE
  AttachRoot,      ///< R := M := tree S, attached at the host's directory t0, which it has to show
  UseRoot,         ///< R := directory S; nothing is mounted
  NewFilesystem,   ///< F := fsopen(t0)
  PickFilesystem,  ///< F := the mounted one at t0, to be reconfigured; M := its mount
  FilesystemOption,  ///< of F: t0 key, t1 value when n0 = 1, or the path of a directory, given by
                     ///< descriptor, when n0 = 2; n1 = 1: an unknown word is no error
  CreateFilesystem,  ///< M := F mounted detached; n0: MOUNT_ATTR_*
  Reconfigure,       ///< F as configured
  TakeTree,          ///< M := tree S
  FindMount,         ///< M := what is mounted at t0
  CheckDevice,       ///< S, for t0, is the device n0 (mode with type), n1 major << 32 | minor
  LabelMount,        ///< the top of M gets the SELinux label t0
  TakeMode,          ///< of F: the mode of the directory t0, if there is one; n1: PlaceFlag
  CopyUp,       ///< M, a tmpfs, := content of the directory t0, if there is one; n0: CopyUpFlag,
                ///< n1: PlaceFlag
  Attributes,   ///< of M: n0 set, n1 cleared (MOUNT_ATTR_*), n2 = 1: and all below
  Propagation,  ///< of M: n0 MS_SHARED…, n2 = 1: and all below
  Place,        ///< M attached at t0, or on what TakeMode or CopyUp opened there; missing
                ///< directories (or file) made; n0: PlaceFlag
  MakeDevice,   ///< t0; n0 mode with type, n1 major << 32 | minor, n2 uid << 32 | gid
  MakeSymlink,  ///< t0 path, t1 target; what is there already stays, unless n0 = 1
  MakeWorkingDirectory,  ///< t0, when missing, for n1 uid << 32 | gid; ChangeDirectory reports it
                         ///< when that cannot be done
  OpenNull,              ///< N := t0, verified to be the character device 1:3
  OpenProc,              ///< P := a new procfs, which no path leads to
  MoveRoot,              ///< R, attached elsewhere, moves over the root of the host
  RemoveMount,   ///< what is mounted at the host's path t0 goes, or is covered where it is locked
  EnterRoot,     ///< n0: Entry
  OpenTerminal,  ///< S console socket; n0 rows, n1 columns (0: unset), n2 owner, n3 = 1: lines end
                 ///< with a line feed alone; sent and bound
  ReplaceNull,   ///< streams 0-2 that are a null device become the container's own, opened for both
  WriteSysctl,   ///< t0: path below /proc/sys; t1 value
  CloseProc,     ///< P is gone
  SetHostname,   ///< t0
  SetDomainname,  ///< t0
  ProtectPath,    ///< t0 read-only with everything below; a missing one is no error
  MaskPath,  ///< t0 hidden: N over a file, an empty read-only tmpfs over a directory; t1: SELinux
             ///< label of that tmpfs

  // ---- child: the process ----
  SetLabel,         ///< t0: file below /proc/self; t1: what a security module reads in it
  SetPersonality,   ///< t0 its word; n0 domain
  SetMemoryPolicy,  ///< t0 mode, t1 nodes; n0 mode and flags; t2 mask of nodes (array of n1 uint32)
  SetIoPriority,    ///< t0 class; n0 its number, n1 level
  StartHandOver,    ///< starts the process that is going to hand the listener of LoadSeccomp over
  SetAffinity,      ///< every processor that the cpuset has
  CloseDescriptors,  ///< n0: how many beyond stdio are passed on, but for the n1 numbers at t0
                     ///< (array
                     ///< of uint32); the rest is closed, but for our own
  ChangeDirectory,   ///< t0, made when missing (n1 uid << 32 | gid); not if it was entered before;
                     ///< n0 = 1: a refusal is no error yet
  SetBoundingSet,    ///< n0: mask to keep
  SetGroups,         ///< n0 gids at t0 (array of uint32); n1 = 1: a refusal is no error
  SetIds,            ///< n0 uid, n1 gid; permitted capabilities are kept; pipes at 0-2 go along
  SetCapabilities,   ///< n0 permitted, n1 effective, n2 inheritable
  SetAmbient,        ///< n0
  SetNoNewPrivileges,
  SetUmask,         ///< n0
  Fork,             ///< what follows is done by a fork of init, in the pid namespace that was
                    ///< joined; n0 = 1: standard input is its terminal
  WaitForStart,     ///< S: listening socket; none: the answer to Ready was the word for it
  AnnounceProgram,  ///< tells `start` that from here on an end of file means execve
  AllowCores,       ///< the soft limit of core files is again that of the caller
  SetRlimit,        ///< t0: RLIMIT_ name; n0 resource, n1 soft, n2 hard
  FindProgram,  ///< t0 file, looked for in PATH; t1 list of n0 arguments; t2 list of n1 variables;
                ///< n0 = 0: once more, with those that it had
  LoadSeccomp,  ///< filter S; n0 SECCOMP_FILTER_FLAG_*. A listener is handed to the host
  Execute,      ///< what FindProgram found; t0 as there

  // ---- host or child ----
  MapIds,  ///< The id mapping of the user namespace S, without one that of the child, for a mount:
           ///< tree n0 of the host, M of the child. t0 what it shows; n1 = 1: and all below
  OpenTree,  ///< S, or without a slot M := detached clone of the mount at t0; n0 = 1: with
             ///< everything below; n1 = 1: a
             ///< symbolic link at the end of t0 is taken itself. Child: where the host may not, and
             ///< while its paths are still there
  RunHook,   ///< t0 path. Host: n0 HookKind, n1 number. Child: t1 list of n0 arguments,
             ///< t2 list of n1 variables, t3 state (the pid is to be inserted at n3),
             ///< n2 timeout in ms, 0: none

  kCount,
};

/// Where init stops until the host answers.
enum class Sync : std::uint32_t {
  Cgroups,     ///< v1 cgroups are made, beside the clone; the answer brings the ways in
  UserReady,   ///< the user namespace exists: id maps
  MountsDone,  ///< file system complete, root not entered: device rules, prestart, createRuntime
  Ready,       ///< everything but the program: Record, pid file
};

/// How Place resolves its destination.
enum PlaceFlag : std::uint64_t {
  kNoSymlinks = 1,    ///< every component is a real directory: /proc, /sys, /dev
  kMayCoverProc = 2,  ///< the destination may be a file of a procfs
  kOntoLink = 4,      ///< a symbolic link at the end of the destination is covered itself
  kCopyLink = 8,      ///< M, if it is a symbolic link, is copied instead of attached
  kOnlyProc = 16,     ///< M has to be the root of a procfs
};

/// What the top of the copy keeps of its own.
enum CopyUpFlag : std::uint64_t {
  kKeepMode = 1,
  kKeepUser = 2,
  kKeepGroup = 4,
};

/// What is expected of a directory of resctrl.
enum class RdtUse : std::uint64_t {
  Share,   ///< made when missing
  Find,    ///< there already
  Create,  ///< not there yet
};

/// How the root is entered.
enum class Entry : std::uint64_t {
  Pivot,   ///< pivot_root, the old root detached: no host path exists afterwards
  Chroot,  ///< --no-pivot, and mount namespaces that are shared with others
};

enum class HookKind : std::uint64_t {
  Prestart,
  CreateRuntime,
  CreateContainer,
  StartContainer,
  Poststart,
  Poststop,
};

constexpr std::int32_t kNoSlot = -1;

/// Texts are offsets into the image's text area; 0 is the empty text.
struct Step {
  Op op = Op::kCount;
  Side side = Side::Host;
  std::uint8_t reserved = 0;
  std::int32_t slot = kNoSlot;  ///< index into the image's table of descriptors
  std::uint32_t origin = 0;     ///< JSON pointer; empty: berth's own business
  std::uint32_t text[4] = {};
  std::uint32_t padding = 0;
  std::uint64_t number[4] = {};
};
static_assert(sizeof(Step) == 64);

/// What init maps: this header, `step_count` steps (all of them: it skips the host's, so that an
/// index means the same on both sides), `slot_count` slots, `text_size` bytes. The descriptors come
/// in this order: this image, the trace, the slots that say so.
struct Image {
  std::uint32_t magic = kMagic;
  std::uint32_t step_count = 0;
  std::uint32_t slot_count = 0;
  std::uint32_t text_size = 0;
  std::uint32_t has_trace = 0;  ///< 1: there is a memfd of `step_count` Stamps
  std::uint32_t unused = 0;     ///< the steps behind it are aligned to eight

  static constexpr std::uint32_t kMagic = 0x62727468;
  static constexpr std::int32_t kLate = -1;  ///< a slot that is filled while init runs
  static constexpr std::int32_t kComes = 0;  ///< its descriptor comes with the image
};

/// When a step ran, nanoseconds of CLOCK_REALTIME (the one clock no time namespace shifts); 0:
/// never.
struct Stamp {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

}  // namespace berth::plan
