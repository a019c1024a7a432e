// How the kernel treats the program, apart from its privilege: scheduler, io priority, memory
// policy, execution domain. config.md "Linux Process", config-linux.md "Memory policy",
// "Personality"
#include "runtime/compile/process/policy.h"

#include "runtime/compile/process/bit_list.h"

namespace berth::plan {

namespace {

// ---- scheduler ------------------------------------------------------------------------------

constexpr char kScheduler[] = "/process/scheduler";

/// Reports numbers that the policy would not read, because the kernel silently ignores them, and
/// numbers that it needs. sched(7)
void check_scheduler(const std::string& word, const sys::Scheduler& asked, Builder& builder) {
  constexpr std::uint64_t kMinRuntime = 1024;  // nanoseconds; sched_setattr(2)
  const bool has_nice = word == "SCHED_OTHER" || word == "SCHED_BATCH";
  const bool has_priority = word == "SCHED_FIFO" || word == "SCHED_RR";
  const bool has_times = word == "SCHED_DEADLINE";
  const auto check = [&](const char* member, bool is_right, const std::string& text) {
    if (!is_right) builder.problems.add(std::string(kScheduler) + member, text);
  };
  check("/nice", has_nice || asked.nice == 0, "has no effect with " + word);
  check("/priority", has_priority || asked.priority == 0, "has no effect with " + word);
  check("/runtime", has_times || asked.runtime == 0, "has no effect with " + word);
  check("/deadline", has_times || asked.deadline == 0, "has no effect with " + word);
  check("/period", has_times || asked.period == 0, "has no effect with " + word);
  check("/priority", !has_priority || asked.priority > 0, word + " needs one from 1 to 99");
  if (!has_times) return;
  check("/runtime", asked.runtime >= kMinRuntime, word + " needs at least 1024 nanoseconds");
  check("/deadline", asked.deadline >= asked.runtime, "is shorter than the runtime");
  check("/period", asked.period == 0 || asked.period >= asked.deadline,
        "is shorter than the deadline");
}

// ---- memory ---------------------------------------------------------------------------------

constexpr char kMemoryPolicy[] = "/linux/memoryPolicy";

constexpr std::uint32_t kNodes = 1024;  // the most that a kernel can have

void compile_memory_policy(const spec::MemoryPolicy& policy, Builder& builder) {
  const std::string pointer = kMemoryPolicy;
  const auto nodes = read_bit_list(policy.nodes, kNodes);
  if (!nodes) {
    builder.problems.add(pointer + "/nodes",
                         "'" + policy.nodes + "' is not a list of nodes from 0 to 1023");
  }
  const std::uint64_t mode_and_flags = spec::kMemoryPolicyModes.value_of(policy.mode) |
                                       spec::kMemoryPolicyFlags.bits_of(policy.flags);
  builder.add(SetMemoryPolicy{.mode = builder.text(policy.mode),
                              .nodes = builder.text(policy.nodes),
                              .mode_and_flags = static_cast<std::uint32_t>(mode_and_flags),
                              .mask = builder.numbers(nodes.value_or(BitMask{}))},
              pointer);
}

// ---- processors -----------------------------------------------------------------------------

template <class Pin>
void compile_affinity(const std::optional<std::string>& processors, const char* pointer,
                      Builder& builder) {
  constexpr std::uint32_t kProcessors = 8192;  // the most that a kernel can have
  if (!processors) return;
  const auto mask = read_bit_list(*processors, kProcessors);
  if (!mask || mask->empty()) {
    builder.problems.add(pointer, "'" + *processors + "' is not a list of processors from 0 to " +
                                      std::to_string(kProcessors - 1));
    return;
  }
  builder.add(Pin{.processors = builder.text(*processors), .mask = builder.numbers(*mask)},
              pointer);
}

// ---- the rest -------------------------------------------------------------------------------

void compile_io_priority(const spec::IoPriority& io, Builder& builder) {
  const std::uint64_t number = spec::kIoPriorityClasses.value_of(io.class_name);
  builder.add(SetIoPriority{.class_name = builder.text(io.class_name),
                            .class_number = static_cast<std::uint32_t>(number),
                            .level = static_cast<std::uint32_t>(io.priority)},
              "/process/ioPriority");
}

void compile_personality(const spec::Personality& personality, Builder& builder) {
  const std::uint64_t number = spec::kPersonalityDomains.value_of(personality.domain);
  builder.add(SetPersonality{.domain = builder.text(personality.domain),
                             .number = static_cast<std::uint32_t>(number)},
              "/linux/personality");
}

}  // namespace

void compile_scheduler(const spec::Config& config, Builder& builder) {
  if (!config.process || !config.process->scheduler) return;
  const spec::Scheduler& asked = *config.process->scheduler;
  builder.plan.scheduler = {
      .policy = static_cast<std::uint32_t>(spec::kSchedulerPolicies.value_of(asked.policy)),
      .flags = spec::kSchedulerFlags.bits_of(asked.flags),
      .nice = asked.nice.value_or(0),
      .priority = static_cast<std::uint32_t>(asked.priority.value_or(0)),
      .runtime = asked.runtime.value_or(0),
      .deadline = asked.deadline.value_or(0),
      .period = asked.period.value_or(0)};
  check_scheduler(asked.policy, builder.plan.scheduler, builder);
  builder.add(SetScheduler{.policy = builder.text(asked.policy)}, kScheduler);
}

void compile_initial_affinity(const std::optional<std::string>& processors, Builder& builder) {
  compile_affinity<PinBerth>(processors, "/process/execCPUAffinity/initial", builder);
}

void compile_final_affinity(const std::optional<std::string>& processors, Builder& builder) {
  compile_affinity<PinToProcessors>(processors, "/process/execCPUAffinity/final", builder);
}

void compile_policies(const spec::Config& config, Builder& builder) {
  if (config.linux.personality) compile_personality(*config.linux.personality, builder);
  if (config.linux.memory_policy) compile_memory_policy(*config.linux.memory_policy, builder);
  if (config.process && config.process->io_priority) {
    compile_io_priority(*config.process->io_priority, builder);
  }
}

void keep_policies(const spec::Config& config, spec::Config& kept) {
  kept.linux.personality = config.linux.personality;
  kept.linux.memory_policy = config.linux.memory_policy;
}

}  // namespace berth::plan
