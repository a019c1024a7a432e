#include "runtime/compile/process/limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <iterator>

#include "runtime/compile/builder.h"

namespace berth::plan {

namespace {

struct Resource {
  std::string_view name;
  std::uint64_t number;
};

constexpr Resource kResources[] = {
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
};

/// Calls `use(limit, resource number, pointer)` for each that names one.
template <class Use>
void for_each_limit(const spec::Config& config, Use use) {
  if (!config.process) return;
  const std::vector<spec::Rlimit>& limits = config.process->rlimits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto row = std::find_if(std::begin(kResources), std::end(kResources),
                                  [&](const Resource& one) { return one.name == limits[i].type; });
    const auto number = row == std::end(kResources) ? std::uint64_t{RLIM_NLIMITS} : row->number;
    use(limits[i], number, "/process/rlimits/" + std::to_string(i));
  }
}

}  // namespace

void compile_privileged_limits(const spec::Config& config, Builder& builder) {
  if (config.process && config.process->oom_score_adj) {
    builder.host_step(Op::SetOomScoreAdj, "/process/oomScoreAdj").text[0] =
        builder.text(std::to_string(*config.process->oom_score_adj));
  }
  for_each_limit(config, [&](const spec::Rlimit& limit, std::uint64_t resource, const auto& at) {
    if (resource == RLIM_NLIMITS) {
      builder.problems.add(at + "/type", "'" + limit.type + "' is not a limit of this kernel");
    } else if (limit.hard > builder.host.hard_limits[resource] && !builder.host.may_raise_limits) {
      builder.problems.add(at + "/hard",
                           std::to_string(limit.hard) + " is more than our own " +
                               std::to_string(builder.host.hard_limits[resource]) +
                               ", which CAP_SYS_RESOURCE alone may raise",
                           ErrorKind::Unsupported);
    } else if (limit.hard > builder.host.hard_limits[resource]) {
      Step& step = builder.host_step(Op::RaiseRlimit, at + "/hard");
      step.text[0] = builder.text(limit.type);
      step.number[0] = resource;
      step.number[1] = limit.hard;
    }
  });
}

void compile_rlimits(const spec::Config& config, Builder& builder) {
  if (config.process) builder.child(Op::AllowCores, "");
  for_each_limit(config, [&](const spec::Rlimit& limit, std::uint64_t resource, const auto& at) {
    Step& step = builder.child(Op::SetRlimit, at);
    step.text[0] = builder.text(limit.type);
    step.number[0] = resource;
    step.number[1] = limit.soft;
    step.number[2] = limit.hard;
  });
}

}  // namespace berth::plan
