#include "runtime/compile/process/process.h"

#include "runtime/compile/builder.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/user_namespace.h"
#include "runtime/compile/process/capabilities.h"
#include "runtime/compile/process/passwd.h"
#include "runtime/compile/seccomp/seccomp.h"

#include <algorithm>
#include <map>

namespace berth::plan {

namespace {

constexpr std::uint32_t kDefaultUmask = 0022;

/// Berth's own business has no origin.
const char* origin_if(bool is_asked_for, const char* pointer) {
  return is_asked_for ? pointer : "";
}

/// As exec has it to be: of a name that comes twice, the last one.
spec::Strings compile_environment(const spec::Config& config, Builder& builder) {
  spec::Strings given = config.process->env, environment;
  if (builder.request.listen_fds > 0) {
    given.push_back("LISTEN_FDS=" + std::to_string(builder.request.listen_fds));
    if (has_new_namespace(config, "pid")) given.push_back("LISTEN_PID=1");
  }
  const auto& passwd = builder.request.passwd;
  if (!builder.request.passwd_error.empty()) {
    builder.warn("/process/env", "HOME is '/': " + builder.request.passwd_error);
  }
  if (passwd) given.push_back("HOME=" + home_directory(*passwd, config.process->user.uid));
  std::map<std::string, std::size_t> places;
  for (const std::string& entry : given) {
    const std::string name = entry.substr(0, entry.find('='));
    const auto [place, is_new] = places.try_emplace(name, environment.size());
    if (is_new) environment.emplace_back();
    environment[place->second] = entry;
  }
  return environment;
}

std::uint64_t owner_of(const spec::User& user) {
  return static_cast<std::uint64_t>(user.uid) << 32 | user.gid;
}

enum class Try { First, Last };

/// As root for directories that the user cannot enter, again as the user for those that root
/// cannot.
void change_directory(const spec::Process& process, Try which, Builder& builder) {
  if (process.cwd.empty()) return;
  Step& step = builder.child(Op::ChangeDirectory, "/process/cwd");
  step.text[0] = builder.text(process.cwd);
  step.number[0] = which == Try::First ? 1 : 0;
  step.number[1] = owner_of(process.user);
}

void set_groups(const spec::Config& config, const spec::User& user, Builder& builder) {
  constexpr char kPointer[] = "/process/user/additionalGids";
  const Groups groups = groups_of(config, builder.host);
  if (groups == Groups::Denied) {
    if (user.additional_gids.empty()) return;  // the caller's own stay, and cannot be dropped
    builder.problems.add(kPointer,
                         "setgroups(2) is denied in the user namespace: a caller without privilege "
                         "needs gidMappings of a range that newgidmap grants",
                         ErrorKind::Unsupported);
    return;
  }
  // Also when there are none: the caller's own groups are not to stay.
  Step& step = builder.child(Op::SetGroups, origin_if(!user.additional_gids.empty(), kPointer));
  step.text[0] = builder.numbers(user.additional_gids);
  step.number[0] = user.additional_gids.size();
  step.number[1] = groups == Groups::Unknown && user.additional_gids.empty() ? 1 : 0;
}

void set_user(const spec::Config& config, const spec::User& user, Builder& builder) {
  set_groups(config, user, builder);
  Step& ids = builder.child(Op::SetIds, origin_if(config.process.has_value(), "/process/user"));
  ids.number[0] = user.uid;
  ids.number[1] = user.gid;
}

}  // namespace

std::int32_t compile_console_source(const spec::Config& config, Builder& builder) {
  constexpr char kPointer[] = "/process/terminal";
  const std::string& socket = builder.request.console_socket;
  if (!config.process || !config.process->terminal) {
    if (!socket.empty()) {
      builder.problems.add(kPointer, "is false, but --console-socket was given");
    }
    return kNoSlot;
  }
  if (socket.empty() && !builder.request.relay_terminal) {
    builder.problems.add(kPointer, "needs --console-socket or a foreground run");
    return kNoSlot;
  }
  Step& step = builder.host_step(Op::ConnectConsole, kPointer);
  step.text[0] = builder.text(socket);
  return step.slot = builder.new_slot();
}

std::int32_t compile_start_source(const spec::Config& config, Builder& builder) {
  if (!builder.request.start_at_once) {
    return builder.host_step(Op::ListenForStart, "").slot = builder.new_slot();
  }
  if (!config.process) builder.problems.add("/process", "is missing, and 'run' is to start it");
  return kNoSlot;
}

void compile_terminal(const spec::Config& config, std::int32_t console, Builder& builder) {
  if (console == kNoSlot) return;
  const spec::ConsoleSize size = config.process->console_size.value_or(spec::ConsoleSize{});
  Step& step = builder.child(Op::OpenTerminal, "/process/terminal");
  step.slot = console;
  step.number[0] = size.height;
  step.number[1] = size.width;
  step.number[2] = config.process->user.uid;
  step.number[3] = builder.request.relay_terminal && builder.request.plain_lines ? 1 : 0;
}

void compile_streams(const spec::Config& config, Builder& builder) {
  if (!config.process || config.process->terminal) return;
  builder.child(Op::ReplaceNull, "").text[0] = builder.text("/dev/null");
}

void compile_working_directory(const spec::Config& config, Builder& builder) {
  if (!config.process || config.process->cwd.empty()) return;
  Step& step = builder.child(Op::MakeWorkingDirectory, "/process/cwd");
  step.text[0] = builder.text(config.process->cwd);
  step.number[1] = owner_of(config.process->user);
}

void compile_closing(Builder& builder) {
  const std::vector<std::uint32_t>& holes = builder.request.closed_fds;
  Step& step = builder.child(Op::CloseDescriptors, "");
  step.text[0] = builder.numbers(holes);
  step.number[0] = builder.request.preserved_fds;
  step.number[1] = holes.size();
}

void compile_identity(const spec::Config& config, const CapabilityMasks& masks, Builder& builder) {
  const spec::Process process = config.process.value_or(spec::Process{});
  const char* sets = origin_if(process.capabilities.has_value(), "/process/capabilities");

  change_directory(process, Try::First, builder);
  // Only before SetIds there is the privilege for it.
  builder.child(Op::SetBoundingSet, sets).number[0] = masks.bounding;
  set_user(config, process.user, builder);
  Step& step = builder.child(Op::SetCapabilities, sets);
  step.number[0] = masks.permitted | kept_for_seccomp(config, builder.host);
  step.number[1] = masks.effective;
  step.number[2] = masks.inheritable;
  builder.child(Op::SetAmbient, sets).number[0] = masks.ambient;
  if (process.no_new_privileges) {
    builder.child(Op::SetNoNewPrivileges, "/process/noNewPrivileges");
  }
  change_directory(process, Try::Last, builder);
  // The engine's own umask would be no property of the container. It is not to hold for the files
  // that are made before.
  builder.child(Op::SetUmask, origin_if(process.user.umask.has_value(), "/process/user/umask"))
      .number[0] = process.user.umask.value_or(kDefaultUmask);
}

void compile_find_program(const spec::Config& config, Builder& builder) {
  if (!config.process) return;
  const spec::Strings& arguments = config.process->args;
  const spec::Strings environment = compile_environment(config, builder);
  Step& step = builder.child(Op::FindProgram, "/process/args/0");
  step.text[0] = builder.text(arguments.at(0));
  step.text[1] = builder.list(arguments);
  step.text[2] = builder.list(environment);
  step.number[0] = arguments.size();
  step.number[1] = environment.size();
}

void compile_find_program_again(const spec::Config& config, bool is_filtered, Builder& builder) {
  const bool has_hooks = !config.hooks.start_container.empty();
  const bool has_waited = !builder.request.start_at_once && !is_filtered;
  if (!config.process || (!has_hooks && !has_waited)) return;
  builder.child(Op::FindProgram, "/process/args/0").text[0] =
      builder.text(config.process->args.at(0));
}

void compile_program(const spec::Config& config, Builder& builder) {
  if (!config.process) return;
  builder.child(Op::Execute, "/process/args/0").text[0] = builder.text(config.process->args.at(0));
}

}  // namespace berth::plan
