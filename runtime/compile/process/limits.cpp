#include "runtime/compile/process/limits.h"

#include "spec/config/process.h"

namespace berth::plan {

namespace {

/// Calls `use(limit, resource number, pointer)` for each rlimit.
template <class Use>
void for_each_limit(const spec::Config& config, Use use) {
  if (!config.process) return;
  const std::vector<spec::Rlimit>& limits = config.process->rlimits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const std::uint64_t resource = spec::kRlimitTypes.value_of(limits[i].type);
    use(limits[i], static_cast<std::uint32_t>(resource), "/process/rlimits/" + std::to_string(i));
  }
}

}  // namespace

void compile_privileged_limits(const spec::Config& config, Builder& builder) {
  compile_oom_score_adj(config, builder);
  compile_hard_limits(config, builder);
}

void compile_oom_score_adj(const spec::Config& config, Builder& builder) {
  if (!config.process || !config.process->oom_score_adj) return;
  builder.add(SetOomScoreAdj{.value = *config.process->oom_score_adj}, "/process/oomScoreAdj");
}

void compile_hard_limits(const spec::Config& config, Builder& builder) {
  for_each_limit(config, [&](const spec::Rlimit& limit, std::uint32_t resource, const auto& at) {
    if (limit.hard > builder.host.hard_limits[resource] && !builder.host.may_raise_limits) {
      builder.unsupported(at + "/hard", std::to_string(limit.hard) +
                                            " is more than the caller's own " +
                                            std::to_string(builder.host.hard_limits[resource]) +
                                            ", which CAP_SYS_RESOURCE alone may raise");
    } else if (limit.hard > builder.host.hard_limits[resource]) {
      builder.add(
          RaiseRlimit{.name = builder.text(limit.type), .resource = resource, .hard = {limit.hard}},
          at + "/hard");
    }
  });
}

bool raises_limits(const spec::Config& config, const Host& host) {
  bool raises = false;
  for_each_limit(config, [&](const spec::Rlimit& limit, std::uint32_t resource, const auto&) {
    raises = raises || (host.may_raise_limits && limit.hard > host.hard_limits[resource]);
  });
  return raises;
}

void compile_rlimits(const spec::Config& config, Builder& builder) {
  if (config.process) builder.add(AllowCores{}, "");
  for_each_limit(config, [&](const spec::Rlimit& limit, std::uint32_t resource, const auto& at) {
    builder.add(SetRlimit{.name = builder.text(limit.type),
                          .resource = resource,
                          .soft = {limit.soft},
                          .hard = {limit.hard}},
                at);
  });
}

}  // namespace berth::plan
