#include "runtime/compile/process/limits.h"

#include "runtime/compile/builder.h"
#include "spec/words.h"

namespace berth::plan {

namespace {

/// Calls `use(limit, resource number, pointer)` for each.
template <class Use>
void for_each_limit(const spec::Config& config, Use use) {
  if (!config.process) return;
  const std::vector<spec::Rlimit>& limits = config.process->rlimits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    use(limits[i], spec::kRlimitTypes.value_of(limits[i].type),
        "/process/rlimits/" + std::to_string(i));
  }
}

}  // namespace

void compile_privileged_limits(const spec::Config& config, Builder& builder) {
  if (config.process && config.process->oom_score_adj) {
    builder.host_step(Op::SetOomScoreAdj, "/process/oomScoreAdj").text[0] =
        builder.text(std::to_string(*config.process->oom_score_adj));
  }
  for_each_limit(config, [&](const spec::Rlimit& limit, std::uint64_t resource, const auto& at) {
    if (limit.hard > builder.host.hard_limits[resource] && !builder.host.may_raise_limits) {
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
