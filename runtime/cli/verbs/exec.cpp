#include "runtime/exec/exec.h"

#include <algorithm>

#include "runtime/cli/output.h"
#include "runtime/cli/values.h"
#include "runtime/cli/verb.h"

namespace berth::cli {

namespace {

struct Exec : Options, exec::ExecOptions {
  std::string preserve_fds = "0";
  std::string plan_format;  ///< empty: carry it out
};

/// The target of a flag that says something of the process.
template <auto member>
auto& of_process(Options& options) {
  return static_cast<Exec&>(options).process.*member;
}

using Process = exec::ExecProcess;

constexpr Flag kFlags[] = {
    {"-p,--process FILE", of_process<&Process::file>, "holds the process, as in config.json"},
    {"--cwd DIR", of_process<&Process::cwd>, "the working directory in the container"},
    {"-e,--env NAME=VALUE", of_process<&Process::env>, "add a variable; may be repeated"},
    {"-t,--tty", of_process<&Process::terminal>, "give it a terminal"},
    {"-u,--user UID[:GID]", of_process<&Process::user>, "who it is"},
    {"-g,--additional-gids GID", of_process<&Process::additional_gids>,
     "add a group; may be repeated"},
    {"-c,--cap CAP", of_process<&Process::capabilities>, "add a capability; may be repeated"},
    {"--apparmor PROFILE", of_process<&Process::apparmor_profile>, "its AppArmor profile"},
    {"--process-label LABEL", of_process<&Process::selinux_label>, "its SELinux label"},
    {"--no-new-privs", of_process<&Process::no_new_privileges>, "set no_new_privs"},
    {"--cgroup [CONTROLLERS:]PATH", in<Exec, &Exec::sub_cgroups>,
     "enter this cgroup of the container; may be repeated"},
    {"-d,--detach", in<Exec, &Exec::detach>, "leave when the program runs"},
    {"--pid-file FILE", in<Exec, &Exec::pid_file>, "write the number of the process there"},
    {"--console-socket SOCKET", in<Exec, &Exec::console_socket>,
     "send the terminal's master there"},
    {"--pidfd-socket SOCKET", in<Exec, &Exec::pidfd_socket>, "send a handle of the process there"},
    {"--preserve-fds N", in<Exec, &Exec::preserve_fds>, "pass on N descriptors from 3 up"},
    {"--ignore-paused", in<Exec, &Exec::ignore_paused>, "wait while the container is paused"},
    {"--plan FORMAT", in<Exec, &Exec::plan_format>, "print what exec would do: text or json"},
    kIdFlag,
    {"[CMD...]", of_process<&Process::args>, "the program and its arguments"},
};

void refuse_beside_file(bool given, const char* flag) {
  if (given) fail(ErrorKind::Config, "is part of the file of --process", flag);
}

/// The file describes the whole process, except its terminal.
void check_file(const Process& process) {
  if (process.file.empty()) return;
  refuse_beside_file(!process.args.empty(), "CMD");
  refuse_beside_file(!process.cwd.empty(), "--cwd");
  refuse_beside_file(!process.env.empty(), "--env");
  refuse_beside_file(!process.user.empty(), "--user");
  refuse_beside_file(!process.additional_gids.empty(), "--additional-gids");
  refuse_beside_file(!process.capabilities.empty(), "--cap");
  refuse_beside_file(!process.apparmor_profile.empty(), "--apparmor");
  refuse_beside_file(!process.selinux_label.empty(), "--process-label");
  refuse_beside_file(process.no_new_privileges, "--no-new-privs");
}

void check(Call& /*call*/, Exec& options) {
  check_file(options.process);
  options.preserved_fds = number_of("--preserve-fds", options.preserve_fds);
  if (options.plan_format.empty()) return;
  require_one_of("--plan", options.plan_format, {"text", "json"});
}

int run(Call& call, Exec& options) {
  if (options.plan_format.empty()) return exec::exec(call.context, call.id, options);
  print(exec::plan_of_exec(call.context, call.id, options, options.plan_format == "json"));
  call.log.level = std::max(call.log.level, Level::Warning);
  return 0;
}

}  // namespace

extern constexpr Verb kExec =
    verb<Exec, run, check>("exec", "execute a process in a container", kFlags,
                           "\nWithout --process it is the container's own process with what the "
                           "flags say. The exit code is "
                           "the\nprocess's own, 128 + N when signal N ended it; 127 if there is no "
                           "such program, 126 if it "
                           "cannot\nbe executed, 255 for any other error of berth.\n");

}  // namespace berth::cli
