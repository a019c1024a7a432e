#include "runtime/compile/process/process.h"

#include "runtime/compile/annotations.h"
#include "runtime/compile/namespaces/config_namespaces.h"
#include "runtime/compile/namespaces/user_namespace.h"
#include "runtime/compile/process/passwd.h"
#include "runtime/compile/seccomp/seccomp.h"

#include <algorithm>
#include <map>

namespace berth::plan {

namespace {

constexpr std::uint32_t kDefaultUmask = 0022;

/// A step that no property asked for has no origin.
const char* origin_if(bool is_asked_for, const char* pointer) {
  return is_asked_for ? pointer : "";
}

/// The environment of the program. If a name occurs twice, the last value counts.
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

Owner owner_of(const spec::User& user) { return {.uid = user.uid, .gid = user.gid}; }

/// The child does this twice: root may enter directories that the user may not, and the user may
/// enter some that root may not.
void change_directory(const spec::Process& process, Errors refusal, Builder& builder) {
  if (process.cwd.empty()) return;
  builder.add(ChangeDirectory{.path = builder.text(process.cwd),
                              .owner = owner_of(process.user),
                              .refusal = refusal,
                              .makes_missing = builder.request.makes_directory},
              "/process/cwd");
}

void set_groups(const spec::Config& config, const spec::User& user, Builder& builder) {
  constexpr char kPointer[] = "/process/user/additionalGids";
  if (keeps_groups(config)) {
    if (user.additional_gids.empty()) return;
    return builder.warn(kPointer, "left out: an annotation asks for the groups of the caller");
  }
  const Groups groups = groups_of(config, builder.host);
  if (groups == Groups::Denied) {
    if (user.additional_gids.empty()) return;  // the caller's groups cannot be dropped
    builder.unsupported(kPointer,
                        "setgroups(2) is denied in the user namespace: a caller without privilege "
                        "needs gidMappings of a range that newgidmap grants");
    return;
  }
  // This is done without any groups, too, so that the caller's groups do not stay.
  const bool has_none = user.additional_gids.empty();
  builder.add(SetGroups{.gids = builder.numbers(user.additional_gids),
                        .refusal = groups == Groups::Unknown && has_none ? Errors::Tolerate
                                                                         : Errors::Report},
              origin_if(!has_none, kPointer));
}

void set_user(const spec::Config& config, const spec::User& user, Builder& builder) {
  set_groups(config, user, builder);
  builder.add(SetIds{.user = owner_of(user)},
              origin_if(config.process.has_value(), "/process/user"));
}

}  // namespace

Slot compile_console_source(const spec::Config& config, Builder& builder) {
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
  return builder.fill(ConnectConsole{.socket = builder.text(socket)}, kPointer);
}

Slot compile_start_source(const spec::Config& config, Builder& builder) {
  if (!builder.request.start_at_once) return builder.fill(ListenForStart{}, "");
  if (!config.process) builder.problems.add("/process", "is missing, and 'run' is to start it");
  return kNoSlot;
}

void compile_terminal(const spec::Config& config, Slot console, bool binds_console,
                      Builder& builder) {
  if (console == kNoSlot) return;
  const spec::ConsoleSize size = config.process->console_size.value_or(spec::ConsoleSize{});
  builder.add(
      OpenTerminal{.console = console,
                   .rows = size.height,
                   .columns = size.width,
                   .owner = config.process->user.uid,
                   .plain_lines = builder.request.relay_terminal && builder.request.plain_lines,
                   .binds_console = binds_console},
      "/process/terminal");
}

void compile_streams(const spec::Config& config, Builder& builder) {
  if (!config.process || config.process->terminal) return;
  builder.add(ReplaceNull{.path = builder.text("/dev/null")}, "");
}

void compile_working_directory(const spec::Config& config, Builder& builder) {
  if (!config.process || config.process->cwd.empty()) return;
  builder.add(MakeWorkingDirectory{.path = builder.text(config.process->cwd),
                                   .owner = owner_of(config.process->user)},
              "/process/cwd");
}

void compile_closing(Builder& builder) {
  builder.add(CloseDescriptors{.passed_on = builder.request.preserved_fds,
                               .closed = builder.numbers(builder.request.closed_fds)},
              "");
}

void compile_identity(const spec::Config& config, const CapabilityMasks& masks, Builder& builder) {
  const spec::Process process = config.process.value_or(spec::Process{});
  const char* sets = origin_if(process.capabilities.has_value(), "/process/capabilities");

  change_directory(process, Errors::Tolerate, builder);
  // SetIds gives up the privilege that this takes.
  builder.add(SetBoundingSet{.kept = {masks.bounding}}, sets);
  set_user(config, process.user, builder);
  builder.add(
      SetCapabilities{.permitted = {masks.permitted | kept_for_seccomp(config, builder.host)},
                      .effective = {masks.effective},
                      .inheritable = {masks.inheritable}},
      sets);
  builder.add(SetAmbient{.capabilities = {masks.ambient}}, sets);
  if (process.no_new_privileges) {
    builder.add(SetNoNewPrivileges{}, "/process/noNewPrivileges");
  }
  change_directory(process, Errors::Report, builder);
  // berth sets a default, because the engine's umask is not a property of the container. It comes
  // last because it must not apply to files that init has to make.
  builder.add(SetUmask{.umask = {process.user.umask.value_or(kDefaultUmask)}},
              origin_if(process.user.umask.has_value(), "/process/user/umask"));
}

void compile_find_program(const spec::Config& config, Builder& builder) {
  if (!config.process) return;
  const spec::Strings& arguments = config.process->args;
  const spec::Strings environment = compile_environment(config, builder);
  builder.add(FindProgram{.file = builder.text(arguments.at(0)),
                          .arguments = builder.list(arguments),
                          .variables = builder.list(environment)},
              "/process/args/0");
}

void compile_find_program_again(const spec::Config& config, bool is_filtered, Builder& builder) {
  const bool has_hooks = !config.hooks.start_container.empty();
  const bool has_waited = !builder.request.start_at_once && !is_filtered;
  if (!config.process || (!has_hooks && !has_waited)) return;
  builder.add(FindProgram{.file = builder.text(config.process->args.at(0))}, "/process/args/0");
}

void compile_program(const spec::Config& config, Builder& builder) {
  if (!config.process) return;
  builder.add(Execute{.file = builder.text(config.process->args.at(0))}, "/process/args/0");
}

}  // namespace berth::plan
