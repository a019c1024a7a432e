// linux.seccomp: config-linux.md "Seccomp". If several rules for a call hold at once, the strictest
// action decides, whatever their order, as the kernel does with several filters. (What libseccomp
// does with such rules depends on their form; it silently drops some.)
#include "runtime/compile/seccomp/seccomp.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <numeric>
#include <set>
#include <span>

#include "runtime/compile/annotations.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/linux/files/path_text.h"
#include "runtime/linux/security/seccomp.h"
#include "runtime/plan/seccomp.h"
#include "spec/config/seccomp.h"

namespace berth::plan {

namespace {

constexpr char kPointer[] = "/linux/seccomp";

std::string below(std::string_view list, std::size_t index) {
  return std::string(kPointer).append(list).append(std::to_string(index));
}

/// Quotes as many names as a person reads.
std::string some_of(const std::set<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown++ == kShown) return text + ", …";
    text += (text.empty() ? "'" : ", '") + name + "'";
  }
  return text;
}

std::uint32_t compile_action(const std::string& name, std::optional<std::uint32_t> data,
                             const std::string& pointer, Builder& builder) {
  const std::uint32_t action = static_cast<std::uint32_t>(spec::kSeccompActions.value_of(name));
  const std::vector<std::uint32_t>& known = builder.host.seccomp.actions;
  if (std::ranges::find(known, action) == known.end()) {
    builder.unsupported(pointer, "the kernel has no '" + name + "'");
  }
  const bool has_data = action == SECCOMP_RET_ERRNO || action == SECCOMP_RET_TRACE;
  return has_data ? action | data.value_or(EPERM) : action;
}

std::uint32_t architecture_number(std::string name) {
  name.erase(0, std::string_view("SCMP_ARCH_").size());
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return sys::seccomp_architecture(name);
}

std::vector<std::uint32_t> compile_architectures(const spec::Strings& names, Builder& builder) {
  // The native architecture is always in the filter, because the program needs it.
  std::vector<std::uint32_t> architectures = {sys::native_seccomp_architecture()};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string fault = architecture_fault(names[i]);
    const std::uint32_t number = architecture_number(names[i]);
    if (!fault.empty()) {
      builder.unsupported(below("/architectures/", i), "'" + names[i] + "' " + fault);
    } else if (std::ranges::count(architectures, number) == 0) {
      architectures.push_back(number);
    }
  }
  return architectures;
}

SyscallConditions compile_conditions(const std::vector<spec::SeccompArg>& args) {
  SyscallConditions conditions;
  for (const spec::SeccompArg& arg : args) {
    conditions.push_back({.argument = arg.index,
                          .comparison = Comparison(spec::kSeccompOperators.value_of(arg.op)),
                          .value = arg.value,
                          .datum = arg.value_two});
  }
  std::ranges::stable_sort(conditions,
                           [](const SyscallCondition& one, const SyscallCondition& other) {
                             return one.argument < other.argument;
                           });
  return conditions;
}

/// Warns of a rule whose alternatives may not be what its author meant.
void remark_on_alternatives(const SyscallConditions& conditions, const std::string& pointer,
                            Builder& builder) {
  const auto other = std::ranges::adjacent_find(
      conditions,
      [](const SyscallCondition& one, const auto& next) { return one.argument == next.argument; });
  if (other == conditions.end()) return;
  const auto excludes = [](const SyscallCondition& one, const SyscallCondition& next) {
    return one.argument == next.argument && one.comparison == Comparison::Ne &&
           next.comparison == Comparison::Ne && one.value != next.value;
  };
  const auto always = std::ranges::adjacent_find(conditions, excludes);
  if (always != conditions.end()) {
    builder.warn(pointer, "one of those on argument " + std::to_string(always->argument) +
                              " holds for any value: they are alternatives");
  } else if (conditions.front().argument != conditions.back().argument) {
    builder.warn(pointer,
                 "those on one argument are alternatives, the arguments hold together; runc and "
                 "crun take all of these for alternatives");
  }
}

void report_unknown(const std::set<std::string>& names, const spec::Config& config,
                    Builder& builder) {
  if (names.empty()) return;
  const std::string pointer = std::string(kPointer) + "/syscalls";
  const std::string what = "libseccomp " + std::string(sys::libseccomp_version()) +
                           " does not know " + std::to_string(names.size()) +
                           (names.size() == 1 ? " name: " : " names: ") + some_of(names);
  if (refuses_unknown_calls(config)) {
    builder.unsupported(pointer, what + "; an annotation asks for this error");
  } else {
    builder.warn(pointer, "left out, as " + what);
  }
}

/// A call in a rule of the config.
struct NamedRule {
  sys::CallId call;
  std::uint32_t rule;  ///< its place in the config
};

/// The kernel compares the actions of several filters like this.
std::int32_t leniency(const SyscallRule& rule) {
  return static_cast<std::int32_t>(rule.action & SECCOMP_RET_ACTION_FULL);
}

/// Sorts the rules of one call, the strictest first, and removes those that follow one that always
/// holds.
void put_in_order(std::string_view name, std::vector<SyscallRule>& rules, Builder& builder) {
  std::ranges::stable_sort(rules, [](const SyscallRule& one, const SyscallRule& other) {
    return leniency(one) < leniency(other);
  });
  const auto last =
      std::ranges::find_if(rules, [](const SyscallRule& rule) { return rule.conditions.empty(); });
  if (last == rules.end()) return;
  for (auto rule = last + 1; rule != rules.end(); ++rule) {
    if (rule->action == last->action) continue;
    builder.warn(below("/syscalls/", rule->index),
                 "never decides about '" + std::string(name) +
                     "': " + below("/syscalls/", last->index) +
                     (leniency(*rule) == leniency(*last) ? " comes first" : " is stricter"));
  }
  rules.erase(last + 1, rules.end());
}

/// `known` is sorted by call; the filter has the rules of the config. A call in one of them, as
/// most are, refers to it. For one in several, their copies are appended in order.
void add_calls(const std::vector<NamedRule>& known, SeccompFilter& filter, Builder& builder) {
  filter.calls.reserve(known.size());
  for (auto one = known.begin(), next = one; one != known.end(); one = next) {
    next = std::find_if(one, known.end(), [&](const auto& rule) { return rule.call != one->call; });
    filter.calls.push_back({.call = one->call, .first = one->rule, .count = 1});
    if (next - one == 1) continue;
    std::vector<SyscallRule> rules;
    for (const NamedRule& each : std::span(one, next)) rules.push_back(filter.rules[each.rule]);
    put_in_order(sys::call_name(one->call), rules, builder);
    filter.calls.back().first = static_cast<std::uint32_t>(filter.rules.size());
    filter.calls.back().count = static_cast<std::uint32_t>(rules.size());
    std::ranges::move(rules, std::back_inserter(filter.rules));
  }
}

/// Appends the names of one rule that libseccomp knows.
void add_names(const spec::Strings& names, std::size_t rule, std::vector<NamedRule>& known,
               std::set<std::string>& unknown) {
  for (const std::string& name : names) {
    if (const auto call = sys::find_call(name)) {
      known.push_back({.call = *call, .rule = static_cast<std::uint32_t>(rule)});
    } else {
      unknown.insert(name);
    }
  }
}

/// Sorts by call, in steps that do not depend on the names. The rules of each call stay in the
/// order of the config.
std::vector<NamedRule> by_call(const std::vector<NamedRule>& rules) {
  std::vector<std::uint32_t> places(sys::call_count() + 1);
  for (const NamedRule& one : rules) ++places[one.call + std::size_t{1}];
  std::partial_sum(places.begin(), places.end(), places.begin());
  std::vector<NamedRule> sorted(rules.size());
  for (const NamedRule& one : rules) sorted[places[one.call]++] = one;
  return sorted;
}

void compile_rules(const spec::Config& config, SeccompFilter& filter, Builder& builder) {
  const std::vector<spec::SeccompRule>& rules = config.linux.seccomp->syscalls;
  filter.rules.reserve(rules.size());
  std::vector<NamedRule> known;
  known.reserve(
      std::accumulate(rules.begin(), rules.end(), std::size_t{0},
                      [](std::size_t sum, const auto& rule) { return sum + rule.names.size(); }));
  std::set<std::string> unknown;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const spec::SeccompRule& rule = rules[i];
    const std::uint32_t action =
        compile_action(rule.action, rule.errno_ret, below("/syscalls/", i) + "/action", builder);
    filter.rules.push_back(
        {.action = action, .conditions = compile_conditions(rule.args), .index = i});
    remark_on_alternatives(filter.rules.back().conditions, below("/syscalls/", i) + "/args",
                           builder);
    add_names(rule.names, i, known, unknown);
  }
  report_unknown(unknown, config, builder);
  add_calls(by_call(known), filter, builder);
}

constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";

bool notifies(const spec::Seccomp& seccomp) {
  return seccomp.default_action == kNotify ||
         std::ranges::any_of(seccomp.syscalls,
                             [](const spec::SeccompRule& rule) { return rule.action == kNotify; });
}

/// Whether the filter refuses this call whatever its arguments are. SCMP_ACT_TRACE does not count,
/// because a tracer may let the call pass.
bool always_refuses(const SeccompFilter& filter, const std::string& name) {
  const SyscallRules* found = filter.find(name);
  const SyscallRule* rule = found == nullptr ? nullptr : &filter.rules_of(*found).front();
  const bool is_sure = rule == nullptr || rule->conditions.empty();
  const std::uint32_t action = rule == nullptr ? filter.default_action : rule->action;
  switch (action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_ERRNO:
      return is_sure;
    default:
      return false;
  }
}

void compile_agent(const spec::Seccomp& seccomp, Builder& builder) {
  if (seccomp.listener_path.empty()) {
    builder.problems.add(std::string(kPointer) + "/listenerPath",
                         "is missing: 'SCMP_ACT_NOTIFY' needs a listener");
    return;
  }
  builder.plan.seccomp_agent =
      SeccompAgent{.path = sys::absolute_from(builder.request.bundle, seccomp.listener_path),
                   .metadata = seccomp.listener_metadata};
}

/// For the flags of a kept filter (`is_new` is false) create has checked the kernel's support.
std::uint32_t compile_flags(const spec::Seccomp& seccomp, bool is_new, Builder& builder) {
  const spec::Strings names = seccomp.flags.value_or(spec::Strings{});
  const bool has_listener = notifies(seccomp);
  std::uint32_t flags = has_listener ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::uint32_t flag = static_cast<std::uint32_t>(spec::kSeccompFlags.value_of(names[i]));
    if (is_new && (builder.host.seccomp.flags & flag) == 0) {
      builder.unsupported(below("/flags/", i), "the kernel has no '" + names[i] + "'");
    } else if (flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV && !has_listener) {
      builder.problems.add(below("/flags/", i), "only together with 'SCMP_ACT_NOTIFY'");
    }
    flags |= flag;
  }
  // Both flags report something by the return value; with this third one they do not collide.
  // seccomp(2)
  const bool both = has_listener && (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0;
  return both ? flags | SECCOMP_FILTER_FLAG_TSYNC_ESRCH : flags;
}

void set_capabilities(const CapabilityMasks& masks, std::uint64_t more, Builder& builder) {
  builder.add(SetCapabilities{.permitted = {masks.permitted | more},
                              .effective = {masks.effective | more},
                              .inheritable = {masks.inheritable}},
              kPointer);
}

}  // namespace

std::string architecture_fault(const std::string& name) {
  const std::uint32_t number = architecture_number(name);
  if (number == 0) return std::string("is not known to libseccomp ") + sys::libseccomp_version();
  const bool is_mixed = ((number ^ sys::native_seccomp_architecture()) & __AUDIT_ARCH_LE) != 0;
  return is_mixed ? "has another byte order than this machine" : "";
}

bool may_be_filtered_while_waiting(const spec::Config& config) {
  if (!config.linux.seccomp || !config.process || config.process->no_new_privileges) return false;
  return !config.hooks.start_container.empty() || has_joined_namespace(config, "pid");
}

SeccompTime seccomp_time(const spec::Config& config, const CapabilityMasks& masks) {
  if (!may_be_filtered_while_waiting(config)) return SeccompTime::Last;
  // A process that a startContainer hook leaves behind may trace init with this capability, and
  // take over what init has kept.
  const bool has_tracer = (masks.bounding & capability_bit(CAP_SYS_PTRACE)) != 0;
  const bool has_neighbours = has_joined_namespace(config, "pid");
  return has_tracer || has_neighbours ? SeccompTime::BeforeWait : SeccompTime::Last;
}

bool is_filtered_while_waiting(const spec::Config& config, const CapabilityMasks& masks) {
  return seccomp_time(config, masks) == SeccompTime::BeforeWait;
}

std::uint64_t kept_for_seccomp(const spec::Config& config, const Host& host) {
  const bool needs_it =
      config.linux.seccomp && config.process && !config.process->no_new_privileges;
  return needs_it ? capability_bit(CAP_SYS_ADMIN) & grantable_capabilities(config, host) : 0;
}

Slot compile_seccomp_filter(const spec::Config& config, Builder& builder) {
  if (!config.linux.seccomp) return kNoSlot;
  const spec::Seccomp& seccomp = *config.linux.seccomp;
  if (builder.host.seccomp.actions.empty()) {
    builder.unsupported(kPointer,
                        "the kernel has no seccomp filters, or does not let berth load one");
    return kNoSlot;
  }
  SeccompFilter filter;
  filter.default_action = compile_action(seccomp.default_action, seccomp.default_errno_ret,
                                         std::string(kPointer) + "/defaultAction", builder);
  filter.architectures = compile_architectures(seccomp.architectures, builder);
  compile_rules(config, filter, builder);
  // Without a process there is no program to filter.
  if (!config.process) return kNoSlot;
  if (notifies(seccomp)) compile_agent(seccomp, builder);
  builder.plan.seccomp = std::move(filter);
  return builder.fill(MakeFilter{}, kPointer);
}

Slot compile_kept_filter(const spec::Config& config, Builder& builder) {
  if (!config.linux.seccomp) return kNoSlot;
  if (notifies(*config.linux.seccomp)) compile_agent(*config.linux.seccomp, builder);
  return builder.fill(OpenKeptFilter{}, kPointer);
}

spec::Seccomp without_compiled_rules(const spec::Seccomp& seccomp) {
  spec::Seccomp kept;
  kept.default_action = seccomp.default_action;
  kept.default_errno_ret = seccomp.default_errno_ret;
  kept.flags = seccomp.flags;
  kept.listener_path = seccomp.listener_path;
  kept.listener_metadata = seccomp.listener_metadata;
  std::ranges::copy_if(seccomp.syscalls, std::back_inserter(kept.syscalls),
                       [](const spec::SeccompRule& rule) { return rule.action == kNotify; });
  return kept;
}

void compile_seccomp(const spec::Config& config, Slot filter, const CapabilityMasks& masks,
                     SeccompTime time, Builder& builder) {
  if (filter == kNoSlot || time != seccomp_time(config, masks)) return;
  const bool is_new = builder.plan.seccomp.has_value();  // an old one was checked by create
  if (is_new && always_refuses(*builder.plan.seccomp, "execve")) {
    builder.problems.add(kPointer, "refuses 'execve', without which the program cannot begin");
  }
  const std::uint64_t kept = kept_for_seccomp(config, builder.host);
  if (kept != 0) set_capabilities(masks, kept, builder);
  const FilterFlags flags{compile_flags(*config.linux.seccomp, is_new, builder)};
  builder.add(LoadSeccomp{.filter = filter, .flags = flags}, kPointer);
  // Right before execve(2) this is not needed, because execve computes capabilities from the other
  // sets. capabilities(7)
  if (kept != 0 && time != SeccompTime::Last) set_capabilities(masks, 0, builder);
}

}  // namespace berth::plan
