// Callers with narrow limits: where code of berth runs at all it says what is missing. What does
// not fit into a limit the kernel kills at execve, or glibc ends with an error of its own.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/elf_image.h"
#include "tests/integration/harness/container.h"
#include "tests/integration/harness/files.h"

namespace berth::test {
namespace {

using Resource = decltype(RLIMIT_DATA);

bool has_started(const Outcome& outcome) {
  constexpr int kKilledAtExec = 128 + SIGSEGV;
  return outcome.status != kKilledAtExec && !contains(outcome.err, "Fatal glibc error");
}

bool is_one_line(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

class Narrow : public Machine {
 public:
  Narrow() : bundle_(new_bundle()) { bundle_.erase("/process/rlimits"); }

  /// `create` by a process with this limit; what it made is deleted again.
  Outcome create_with(Resource resource, rlim_t limit) {
    const std::string id = runtime().new_id();
    Command command = runtime().command({"create", "--bundle", bundle_.directory(), id});
    command.prepare = [resource, limit] {
      const rlimit both{.rlim_cur = limit, .rlim_max = limit};
      if (setrlimit(resource, &both) != 0) _exit(126);
    };
    Outcome outcome = run_command(command);
    INFO("limit " << limit << ": " << outcome.status << " " << outcome.err);
    CHECK(names_in(runtime().state_root()).size() <= (outcome.status == 0 ? 1 : 0));
    CHECK_THAT(call({"delete", "--force", id}), Succeeds());
    return outcome;
  }

  /// From a limit under which it does not start to one under which it does its work: in between
  /// there is nothing but words.
  void widen(Resource resource, rlim_t first, rlim_t step) {
    bool has_run = false, has_spoken = false;
    for (rlim_t limit = first;; limit += step) {
      const Outcome outcome = create_with(resource, limit);
      INFO("limit " << limit << ": " << outcome.status << " " << outcome.err);
      if (outcome.status == 0) break;
      REQUIRE(limit < first + 400 * step);
      if (!has_run && !has_started(outcome)) continue;
      has_run = true;
      has_spoken = true;
      REQUIRE(outcome.status == 1);
      CHECK(contains(outcome.err, "out of memory"));
      CHECK(is_one_line(outcome.err));
    }
    CHECK(has_spoken);
  }

 private:
  Bundle bundle_;
};

TEST_CASE_METHOD(Narrow, "berth reports that it has no memory, and leaves nothing (SR-46)",
                 "[limits][berth]") {
  if (!ElfImage(read_file(Runtime::program())).is_static()) {
    return skip("the dynamic loader ends a berth for the debugger before main");
  }
  constexpr rlim_t kPage = 4096;
  widen(RLIMIT_DATA, kPage, kPage);  // each allocation that takes a page fails once
  widen(RLIMIT_AS, rlim_t{1} << 20, 4 * kPage);
}

TEST_CASE_METHOD(Narrow,
                 "a stack that is too small for berth is refused with an explanation (SR-46)",
                 "[limits][berth]") {
  CHECK_THAT(create_with(RLIMIT_STACK, 32768),
             Fails({"RLIMIT_STACK is 32768 bytes, at least 65536 are needed"}));
  CHECK_THAT(create_with(RLIMIT_STACK, 65536), Succeeds());
}

TEST_CASE_METHOD(Narrow, "berth reports that it may not open more descriptors (SR-46)",
                 "[limits][berth]") {
  if (Runtime::is_sanitized()) {
    return skip("UBSan looks at memory through a pipe, and without one reports what is right");
  }
  for (rlim_t limit = 0;; ++limit) {
    const Outcome outcome = create_with(RLIMIT_NOFILE, limit);
    INFO("limit " << limit << ": " << outcome.status << " " << outcome.err);
    if (outcome.status == 0) break;
    REQUIRE(limit < 100);
    // In the words of either C library; a program on glibc's first looks for what it is linked
    // with.
    const bool is_told = contains(outcome.err, "file descriptors") ||
                         contains(outcome.err, "too many open files") ||
                         contains(outcome.err, "error while loading shared libraries");
    CHECK(is_told);
    CHECK(is_one_line(outcome.err));
  }
}

}  // namespace
}  // namespace berth::test
