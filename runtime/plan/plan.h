// A Plan: everything that is going to happen to make one container, as data. compile() decides and
// makes no system call with an effect; runtime/launch and runtime/init carry it out, step by step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/linux/scheduler.h"
#include "runtime/plan/cgroup.h"
#include "runtime/plan/host.h"
#include "runtime/plan/rdt.h"
#include "runtime/plan/seccomp.h"
#include "runtime/plan/steps.h"
#include "spec/config.h"
#include "spec/error.h"

namespace berth::plan {

/// What the caller of create asked for beside config.json.
struct Request {
  std::string id;
  std::string bundle;           ///< absolute
  std::string console_socket;   ///< path; empty: none was given
  bool relay_terminal = false;  ///< `run` in the foreground is the terminal's other end
  bool plain_lines = false;     ///< and does not write to a terminal itself
  bool start_at_once = false;   ///< `run`: nobody is going to call start
  bool no_pivot = false;
  bool no_new_keyring = false;
  /// Text of the image's /etc/passwd, for HOME; nothing when HOME is not wanted.
  std::optional<std::string> passwd = {};
  std::string passwd_error = {};               ///< why that is empty, if it could not be read
  std::optional<bool> rootless = {};           ///< for read_host
  std::uint32_t preserved_fds = 0;             ///< descriptors 3 … 3 + N - 1 reach the program
  std::vector<std::uint32_t> closed_fds = {};  ///< but these, in order, that the caller had closed
  std::uint32_t listen_fds = 0;                ///< so many of them are systemd's; sd_listen_fds(3)
};

struct Plan {
  std::vector<Step> steps;                  ///< in the order of design: see compile.cpp
  std::string text = std::string(1, '\0');  ///< NUL-terminated texts and aligned arrays, by offset
  std::int32_t slot_count = 0;
  CgroupPlan cgroup;
  std::optional<SeccompFilter> seccomp;
  std::optional<SeccompAgent> seccomp_agent;  ///< for the listener
  RdtPlan rdt;
  sys::Scheduler scheduler;           ///< of the program, if there is a SetScheduler
  spec::Hooks hooks;                  ///< the host's hooks by HookKind and number
  std::vector<std::string> warnings;  ///< `POINTER: what was not done and why`

  const char* text_at(std::uint32_t offset) const { return text.data() + offset; }
  std::vector<std::string> list_at(std::uint32_t offset, std::uint64_t count) const;
};

/// Collects steps. Every chapter of the compiler (compile_*.cpp) gets the same one, so the order of
/// calls in compile.cpp is the order of steps.
class Builder {
 public:
  Builder(const Host& on, const Request& asked, Problems& found)
      : host(on), request(asked), problems(found) {
    // What the default config takes, and a little more.
    plan.steps.reserve(256);
    plan.text.reserve(std::size_t{8} << 10);
  }

  /// Appends a step; the reference is good until the next call.
  Step& add(Side side, Op op, std::string_view origin);
  Step& host_step(Op op, std::string_view origin) { return add(Side::Host, op, origin); }
  Step& prologue(Op op, std::string_view origin) { return add(Side::Prologue, op, origin); }
  Step& child(Op op, std::string_view origin) { return add(Side::Child, op, origin); }

  /// Where init waits for the host, which carries out its own steps up to here.
  Step& synchronize(Sync sync);

  std::uint32_t text(std::string_view text);
  std::uint32_t list(const std::vector<std::string>& texts);
  std::uint32_t numbers(const std::vector<std::uint32_t>& numbers);
  std::int32_t new_slot() { return plan.slot_count++; }
  /// A source of mounts: S of OpenTree. The host opens it now, or, where it may not, the child as
  /// soon as it has a mount namespace of its own: compile_root adds those.
  Step& source(std::string_view origin);
  void add_late_sources();

  /// As many are kept as of problems.
  void warn(std::string_view pointer, std::string_view message);

  /// When it is complete.
  Plan take();

  const Host& host;
  const Request& request;
  Problems& problems;
  Plan plan;

 private:
  std::uint32_t origin_ = 0;  ///< of the last step
  std::size_t origin_size_ = 0;
  std::size_t warnings_left_out_ = 0;
  std::vector<Step> late_sources_;
};

/// Config to Plan. Problems are at their exact pointers, all at once; the Plan is of no use when
/// there are any.
Plan compile(const spec::Config& config, const Request& request, const Host& host,
             Problems& problems);

/// The mount namespace that the container's files are set up in.
enum class MountNamespace { New, Joined, Inherited };

// What a config says of namespaces.
MountNamespace mount_namespace_of(const spec::Config& config);
bool has_new_namespace(const spec::Config& config, std::string_view type);
/// A new namespace, or one joined by its path: not the runtime's own.
bool has_own_namespace(const spec::Config& config, std::string_view type);
bool has_joined_namespace(const spec::Config& config, std::string_view type);
/// Pointer of the entry of this type, which there is.
std::string namespace_pointer(const spec::Config& config, std::string_view type);

}  // namespace berth::plan
