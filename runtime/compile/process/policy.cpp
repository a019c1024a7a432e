// How the kernel treats the program beside what it may do: scheduler, io priority, memory policy,
// execution domain. config.md "Linux Process", config-linux.md "Memory policy", "Personality"
#include "runtime/compile/process/policy.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "runtime/compile/builder.h"
#include "runtime/compile/files/mount_steps.h"

namespace berth::plan {

namespace {

struct Word {
  std::string_view word;
  std::uint64_t number;
};

template <std::size_t kSize>
std::optional<std::uint64_t> number_of(const Word (&words)[kSize], std::string_view word) {
  const auto* found = std::find_if(std::begin(words), std::end(words),
                                   [&](const Word& row) { return row.word == word; });
  if (found == std::end(words)) return std::nullopt;
  return found->number;
}

void refuse_word(const std::string& pointer, const std::string& word, Builder& builder) {
  builder.problems.add(pointer, "'" + word + "' is not known");
}

/// All of the list; each that is no such word is a problem.
template <std::size_t kSize>
std::uint64_t flags_of(const spec::Strings& list, const Word (&words)[kSize],
                       const std::string& pointer, Builder& builder) {
  std::uint64_t flags = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto flag = number_of(words, list[i]);
    flags |= flag.value_or(0);
    if (!flag) refuse_word(pointer + "/" + std::to_string(i), list[i], builder);
  }
  return flags;
}

// ---- scheduler ------------------------------------------------------------------------------

/// Which of its numbers a policy reads. The kernel leaves the others alone without a word. sched(7)
struct Policy {
  std::string_view word;
  std::uint32_t number;
  bool has_nice;
  bool has_priority;
  bool has_deadline;
};

constexpr Policy kPolicies[] = {
    {"SCHED_OTHER", 0, true, false, false},    {"SCHED_FIFO", 1, false, true, false},
    {"SCHED_RR", 2, false, true, false},       {"SCHED_BATCH", 3, true, false, false},
    {"SCHED_ISO", 4, false, false, false},     {"SCHED_IDLE", 5, false, false, false},
    {"SCHED_DEADLINE", 6, false, false, true},
};

constexpr Word kSchedulerFlags[] = {
    {"SCHED_FLAG_RESET_ON_FORK", 0x01},  {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_DL_OVERRUN", 0x04},     {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
};

constexpr char kScheduler[] = "/process/scheduler";

/// What the policy would not read, and what it cannot do without.
void check_scheduler(const Policy& policy, const sys::Scheduler& asked, Builder& builder) {
  constexpr std::uint64_t kMinRuntime = 1024;  // nanoseconds; sched_setattr(2)
  const std::string word(policy.word);
  const auto check = [&](const char* member, bool is_right, const std::string& text) {
    if (!is_right) builder.problems.add(std::string(kScheduler) + member, text);
  };
  const bool has_times = policy.has_deadline;
  check("/nice", policy.has_nice || asked.nice == 0, "has no effect with " + word);
  check("/priority", policy.has_priority || asked.priority == 0, "has no effect with " + word);
  check("/runtime", has_times || asked.runtime == 0, "has no effect with " + word);
  check("/deadline", has_times || asked.deadline == 0, "has no effect with " + word);
  check("/period", has_times || asked.period == 0, "has no effect with " + word);
  check("/priority", !policy.has_priority || asked.priority > 0, word + " needs one from 1 to 99");
  if (!has_times) return;
  check("/runtime", asked.runtime >= kMinRuntime, word + " needs at least 1024 nanoseconds");
  check("/deadline", asked.deadline >= asked.runtime, "is shorter than the runtime");
  check("/period", asked.period == 0 || asked.period >= asked.deadline,
        "is shorter than the deadline");
}

// ---- memory ---------------------------------------------------------------------------------

constexpr Word kModes[] = {
    {"MPOL_DEFAULT", 0},
    {"MPOL_PREFERRED", 1},
    {"MPOL_BIND", 2},
    {"MPOL_INTERLEAVE", 3},
    {"MPOL_LOCAL", 4},
    {"MPOL_PREFERRED_MANY", 5},
    {"MPOL_WEIGHTED_INTERLEAVE", 6},
};
constexpr Word kMemoryFlags[] = {
    {"MPOL_F_STATIC_NODES", 1 << 15},
    {"MPOL_F_RELATIVE_NODES", 1 << 14},
    {"MPOL_F_NUMA_BALANCING", 1 << 13},
};
constexpr char kMemoryPolicy[] = "/linux/memoryPolicy";

using Mask = std::vector<std::uint32_t>;

/// `FIRST` or `FIRST-LAST` into the mask; false: it is neither, or there is no such node.
bool add_nodes(std::string_view range, Mask& mask) {
  constexpr std::uint32_t kNodes = 1024, kBits = 32;  // of the largest kernels
  const char* end = range.data() + range.size();
  std::uint32_t first = 0;
  auto read = std::from_chars(range.data(), end, first);
  if (read.ec != std::errc()) return false;
  std::uint32_t last = first;
  if (read.ptr != end && *read.ptr == '-') read = std::from_chars(read.ptr + 1, end, last);
  if (read.ec != std::errc() || read.ptr != end || last < first || last >= kNodes) return false;
  if (mask.size() <= last / kBits) mask.resize(last / kBits + 1);
  for (std::uint32_t node = first; node <= last; ++node) mask[node / kBits] |= 1U << node % kBits;
  return true;
}

/// A list as 0-3,6; nothing when it is none.
std::optional<Mask> read_nodes(std::string text) {
  std::erase(text, ' ');
  Mask mask;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (!add_nodes(rest.substr(0, comma), mask)) return std::nullopt;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return mask;
}

void compile_memory_policy(const spec::MemoryPolicy& policy, Builder& builder) {
  const std::string pointer = kMemoryPolicy;
  const auto mode = number_of(kModes, policy.mode);
  if (!mode) refuse_word(pointer + "/mode", policy.mode, builder);
  const std::uint64_t flags = flags_of(policy.flags, kMemoryFlags, pointer + "/flags", builder);
  const auto nodes = read_nodes(policy.nodes);
  if (!nodes) {
    builder.problems.add(pointer + "/nodes",
                         "'" + policy.nodes + "' is no list of nodes from 0 to 1023");
  }
  const Mask mask = nodes.value_or(Mask{});
  const std::uint32_t array = builder.numbers(mask);
  Step& step = add_child(builder, Op::SetMemoryPolicy, pointer, policy.mode);
  step.text[1] = builder.text(policy.nodes);
  step.text[2] = array;
  step.number[0] = mode.value_or(0) | flags;
  step.number[1] = mask.size();
}

// ---- the rest -------------------------------------------------------------------------------

constexpr Word kIoClasses[] = {
    {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3}};
constexpr Word kDomains[] = {{"LINUX", 0}, {"LINUX32", 8}};  // personality(2)

void compile_io_priority(const spec::IoPriority& io, Builder& builder) {
  const std::string pointer = "/process/ioPriority";
  const auto number = number_of(kIoClasses, io.class_name);
  if (!number) refuse_word(pointer + "/class", io.class_name, builder);
  Step& step = add_child(builder, Op::SetIoPriority, pointer, io.class_name);
  step.number[0] = number.value_or(0);
  step.number[1] = static_cast<std::uint64_t>(io.priority);
}

void compile_personality(const spec::Personality& personality, Builder& builder) {
  const std::string pointer = "/linux/personality";
  const auto domain = number_of(kDomains, personality.domain);
  if (!domain) refuse_word(pointer + "/domain", personality.domain, builder);
  add_child(builder, Op::SetPersonality, pointer, personality.domain).number[0] =
      domain.value_or(0);
}

}  // namespace

void compile_scheduler(const spec::Config& config, Builder& builder) {
  if (!config.process || !config.process->scheduler) return;
  const spec::Scheduler& asked = *config.process->scheduler;
  const std::string pointer = kScheduler;
  const auto* policy = std::find_if(std::begin(kPolicies), std::end(kPolicies),
                                    [&](const Policy& row) { return row.word == asked.policy; });
  if (policy == std::end(kPolicies)) return refuse_word(pointer + "/policy", asked.policy, builder);
  builder.plan.scheduler = {
      .policy = policy->number,
      .flags = flags_of(asked.flags, kSchedulerFlags, pointer + "/flags", builder),
      .nice = asked.nice.value_or(0),
      .priority = static_cast<std::uint32_t>(asked.priority.value_or(0)),
      .runtime = asked.runtime.value_or(0),
      .deadline = asked.deadline.value_or(0),
      .period = asked.period.value_or(0)};
  check_scheduler(*policy, builder.plan.scheduler, builder);
  builder.host_step(Op::SetScheduler, pointer).text[0] = builder.text(asked.policy);
}

void compile_affinity(Builder& builder) { builder.child(Op::SetAffinity, ""); }

void compile_policies(const spec::Config& config, Builder& builder) {
  if (config.linux.personality) compile_personality(*config.linux.personality, builder);
  if (config.linux.memory_policy) compile_memory_policy(*config.linux.memory_policy, builder);
  if (config.process && config.process->io_priority) {
    compile_io_priority(*config.process->io_priority, builder);
  }
}

}  // namespace berth::plan
