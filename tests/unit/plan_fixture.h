// A machine, a request and a Builder for tests of the compiler, and Plans as comparable lines.
#pragma once

#include <linux/seccomp.h>
#include <sys/resource.h>

#include <string>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/plan/op_words.h"
#include "runtime/plan/plan.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {

using Lines = std::vector<std::string>;

/// May do everything, and has no cgroups.
inline Host mighty_host() {
  Host host;
  host.bounding_set = (std::uint64_t{1} << 41) - 1;
  host.hard_limits.fill(RLIM_INFINITY);
  host.may_raise_limits = true;
  host.seccomp = {.actions = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
                              SECCOMP_RET_ERRNO, SECCOMP_RET_USER_NOTIF, SECCOMP_RET_TRACE,
                              SECCOMP_RET_LOG, SECCOMP_RET_ALLOW},
                  .flags = ~std::uint32_t{0}};
  return host;
}

/// `child join_namespace '/run/ns' <- /linux/namespaces/0/path`
inline std::string line_of(const Plan& plan, const Step& step) {
  std::string line = std::string(side_name(step.side)) + " " + std::string(op_name(step.op));
  const bool has_numbers = step.op == Op::SetGroups || step.op == Op::CloseDescriptors;
  const std::size_t texts = has_numbers ? 0 : step.op == Op::RunHook ? 1 : 2;
  for (std::size_t i = 0; i < texts; ++i) {
    const std::string text = plan.text_at(step.text[i]);
    if (!text.empty()) line += " '" + text + "'";
  }
  const std::string origin = plan.text_at(step.origin);
  return origin.empty() ? line : line + " <- " + origin;
}

/// For calls of single chapters.
struct Workbench {
  Host host = mighty_host();
  Request request{.id = "web1", .bundle = "/b"};
  Problems problems;
  Builder builder{host, request, problems};

  const Plan& plan() const { return builder.plan; }

  Lines lines() const {
    Lines lines;
    for (const Step& step : plan().steps) lines.push_back(line_of(plan(), step));
    return lines;
  }

  /// The only step of this kind.
  const Step& the(Op op) const {
    const Step* found = nullptr;
    for (const Step& step : plan().steps) {
      if (step.op != op) continue;
      if (found != nullptr) fail(ErrorKind::Bug, "more than one step of this kind");
      found = &step;
    }
    if (found == nullptr) fail(ErrorKind::Bug, "no step of this kind");
    return *found;
  }

  /// The pointers of all problems; an Unsupported one has a `?` in front.
  Lines pointers() const {
    Lines pointers;
    for (const Problem& problem : problems.list()) {
      pointers.push_back((problem.kind == ErrorKind::Unsupported ? "?" : "") + problem.pointer);
    }
    return pointers;
  }
};

inline spec::Config with_namespaces(std::vector<spec::Namespace> namespaces) {
  spec::Config config;
  config.linux.namespaces = std::move(namespaces);
  return config;
}

}  // namespace berth::plan
