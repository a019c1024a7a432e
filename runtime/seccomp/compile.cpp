#include "runtime/seccomp/compile.h"

#include <linux/seccomp.h>
#include <seccomp.h>

#include <cstring>
#include <memory>
#include <set>

#include "runtime/linux/file.h"
#include "runtime/linux/system_error.h"
#include "spec/error.h"

namespace berth::seccomp {

namespace {

/// From so many calls on a search in a tree is shorter than one after the other.
constexpr std::size_t kManyCalls = 32;

struct Release {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

constexpr char kPointer[] = "/linux/seccomp";

void check(int result, const std::string& what, const std::string& pointer) {
  if (result == 0) return;
  fail(ErrorKind::Unsupported, "libseccomp does not take " + what + ": " + sys::errno_text(-result),
       pointer);
}

Context make_context(const plan::SeccompFilter& filter) {
  Context context(::seccomp_init(filter.default_action));
  if (!context) fail(ErrorKind::System, "libseccomp cannot begin a filter", kPointer);
  for (const std::uint32_t architecture : filter.architectures) {
    if (architecture == ::seccomp_arch_native()) continue;
    check(::seccomp_arch_add(context.get(), architecture), "an architecture",
          std::string(kPointer) + "/architectures");
  }
  // A thread alone would leave a program that waits for it for ever.
  check(::seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
        "an action for other architectures", kPointer);
  if (filter.calls.size() > kManyCalls) {
    constexpr std::uint32_t kBinaryTree = 2;
    check(::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, kBinaryTree),
          "the binary tree", kPointer);
  }
  return context;
}

void add_call(const Context& context, const std::string& name, std::uint32_t action,
              std::size_t index) {
  check(::seccomp_rule_add_array(context.get(), action,
                                 ::seccomp_syscall_resolve_name(name.c_str()), 0, nullptr),
        "the rule for '" + name + "'",
        std::string(kPointer) + "/syscalls/" + std::to_string(index));
}

Program exported(const Context& context) {
  const sys::Fd file = sys::scratch_file("seccomp");
  check(::seccomp_export_bpf(context.get(), file.get()), "the filter", kPointer);
  const std::string bytes = sys::read_from_start(file, "seccomp");
  Program program(bytes.size() / sizeof(sock_filter));
  std::memcpy(program.data(), bytes.data(), program.size() * sizeof(sock_filter));
  return program;
}

/// Actions that no rule has: each stands for a call, until that gets its own code.
class StandIns {
 public:
  explicit StandIns(const plan::SeccompFilter& filter) : used_({filter.default_action}) {
    for (const auto& [name, rules] : filter.calls) {
      for (const plan::SyscallRule& rule : rules) used_.insert(rule.action);
    }
  }
  std::uint32_t next() {
    while (!used_.insert(next_).second) ++next_;
    return next_;
  }

 private:
  std::set<std::uint32_t> used_;
  std::uint32_t next_ = SCMP_ACT_TRACE(0);
};

/// Where `program` answers with `action`, it goes to its end instead. False: nowhere.
bool redirect(Program& program, std::uint32_t action) {
  bool is_anywhere = false;
  for (std::size_t at = 0; at < program.size(); ++at) {
    sock_filter& instruction = program[at];
    if (instruction.code != (BPF_RET | BPF_K) || instruction.k != action) continue;
    instruction = skip(program.size() - at - 1);
    is_anywhere = true;
  }
  return is_anywhere;
}

Program compile_known(const plan::SeccompFilter& filter) {
  const Context context = make_context(filter);
  StandIns stand_ins(filter);
  std::map<std::uint32_t, std::string> with_conditions;
  for (const auto& [name, rules] : filter.calls) {
    const plan::SyscallRule& first = rules.front();
    if (!first.conditions.empty()) {
      const std::uint32_t action = stand_ins.next();
      with_conditions[action] = name;
      add_call(context, name, action, first.index);
    } else if (first.action != filter.default_action) {
      add_call(context, name, first.action, first.index);
    }
  }
  Program program = exported(context);
  for (const auto& [action, name] : with_conditions) {
    if (!redirect(program, action)) continue;  // a call of other architectures
    const Program call = compile_call(name, filter.calls.at(name), filter);
    program.insert(program.end(), call.begin(), call.end());
  }
  return program;
}

}  // namespace

Program compile(const plan::SeccompFilter& filter) {
  Program program = compile_unknown(filter);
  const Program known = compile_known(filter);
  program.insert(program.end(), known.begin(), known.end());
  if (program.size() > kMostInstructions) {
    fail(ErrorKind::Unsupported,
         "these rules are " + std::to_string(program.size()) +
             " instructions, and the kernel takes " + std::to_string(kMostInstructions),
         std::string(kPointer) + "/syscalls");
  }
  return program;
}

}  // namespace berth::seccomp
