#include "runtime/container/verbs/update.h"

#include "runtime/cli/output.h"
#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

struct Update : Options, container::UpdateOptions {};

using Flags = container::UpdateFlags;

constexpr Flag kFlags[] = {
    {"-r,--resources FILE", in<Update, &Update::file>,
     "linux.resources as JSON; -: standard input"},
    {"--blkio-weight N", in<Update, &Flags::blkio_weight>, "1 to 1000"},
    {"--cpu-burst MICROSECONDS", in<Update, &Flags::cpu_burst>, "unused quota that may be spent"},
    {"--cpu-idle N", in<Update, &Flags::cpu_idle>, "1: only when no other process wants to run"},
    {"--cpu-period MICROSECONDS", in<Update, &Flags::cpu_period>, "the period of the quota"},
    {"--cpu-quota MICROSECONDS", in<Update, &Flags::cpu_quota>, "time in each period"},
    {"--cpu-rt-period MICROSECONDS", in<Update, &Flags::cpu_rt_period>, "of real-time tasks"},
    {"--cpu-rt-runtime MICROSECONDS", in<Update, &Flags::cpu_rt_runtime>, "of real-time tasks"},
    {"--cpu-share N", in<Update, &Flags::cpu_shares>, "a share, relative to other containers"},
    {"--cpu-shares N", in<Update, &Flags::cpu_shares>, "another name of --cpu-share"},
    {"--cpuset-cpus LIST", in<Update, &Flags::cpuset_cpus>, "processors, such as 0-3,6"},
    {"--cpuset-mems LIST", in<Update, &Flags::cpuset_mems>, "memory nodes"},
    {"--kernel-memory SIZE", in<Update, &Flags::kernel_memory>, "0 or -1: kernels have no limit"},
    {"--kernel-memory-tcp SIZE", in<Update, &Flags::kernel_memory_tcp>, "buffers of TCP"},
    {"--memory SIZE", in<Update, &Flags::memory>,
     "a size such as 64m; -1: no limit, with swap neither"},
    {"--memory-reservation SIZE", in<Update, &Flags::memory_reservation>,
     "kept when memory is low"},
    {"--memory-swap SIZE", in<Update, &Flags::memory_swap>, "memory and swap together"},
    {"--pids-limit N", in<Update, &Flags::pids_limit>, "processes and threads; -1: no limit"},
    {"--l3-cache-schema LINE", in<Update, &Flags::l3_cache_schema>, "L3:... of resctrl"},
    {"--mem-bw-schema LINE", in<Update, &Flags::mem_bw_schema>, "MB:... of resctrl"},
    {"--dry-run", in<Update, &Update::dry_run>, "print what would change"},
    kIdFlag,
};

int run(Call& call, Update& options) {
  const std::string lines = container::update(call.context, call.id, options);
  if (options.dry_run) print(lines);
  return 0;
}

}  // namespace

extern constexpr Verb kUpdate = verb<Update, run>(
    "update", "change the limits of a container", kFlags,
    "\nOnly what is given is changed: all of it, or nothing if the kernel refuses a value. In the "
    "file, 0 and\nempty texts, but for those of unified, are not given, as in config.json, and a "
    "sole rule that denies all devices, which engines\nalways send, changes no device rules.\n");

}  // namespace berth::cli
