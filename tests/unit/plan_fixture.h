// A machine, a request and a Builder for tests of the compiler, and Plans as comparable lines.
#pragma once

#include <linux/seccomp.h>
#include <sys/resource.h>

#include <string>
#include <vector>

#include "runtime/compile/builder.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/text_area.h"
#include "tests/unit/plan_text.h"

// A test names the fields that it is about, and leaves out the others on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace berth::plan {

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

/// For calls of single chapters.
struct Workbench {
  Host host = mighty_host();
  Request request{.id = "web1", .bundle = "/b"};
  Problems problems;
  Builder builder{host, request, problems, 64};

  const Plan& plan() const { return builder.plan; }

  Lines lines() const { return plan_text(plan()); }

  /// The only step of this type.
  template <StepType T>
  const T& the() const {
    const Step* found = nullptr;
    for (const Step& step : plan().steps) {
      if (!step.is<T>()) continue;
      if (found != nullptr) fail(ErrorKind::Bug, "more than one step of this type");
      found = &step;
    }
    if (found == nullptr) fail(ErrorKind::Bug, "no step of this type");
    return found->as<T>();
  }

  std::string text(Text place) const { return plan().text_at(place); }
  Lines list(TextList place) const { return list_in(plan().text, place); }
  std::vector<std::uint32_t> numbers(NumberList place) const {
    return numbers_in(plan().text, place);
  }

  Lines pointers() const { return problem_text(problems); }
};

inline spec::Config with_namespaces(std::vector<spec::Namespace> namespaces) {
  spec::Config config;
  config.linux.namespaces = std::move(namespaces);
  return config;
}

}  // namespace berth::plan
