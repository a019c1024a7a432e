#include "runtime/exec/exec_process.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/linux/files/chosen_file.h"
#include "spec/error.h"
#include "spec/json/json.h"
#include "spec/text.h"

namespace berth::exec {

namespace {

template <class T>
void take_if_missing(std::optional<T>& from_file, const std::optional<T>& own) {
  if (!from_file) from_file = own;
}

void complete(spec::Process& process, const spec::Process& own) {
  take_if_missing(process.capabilities, own.capabilities);
  take_if_missing(process.apparmor_profile, own.apparmor_profile);
  take_if_missing(process.selinux_label, own.selinux_label);
  take_if_missing(process.oom_score_adj, own.oom_score_adj);
  take_if_missing(process.scheduler, own.scheduler);
  take_if_missing(process.io_priority, own.io_priority);
  take_if_missing(process.exec_cpu_affinity, own.exec_cpu_affinity);
  if (process.rlimits.empty()) process.rlimits = own.rlimits;
}

spec::Process read_process(const std::string& file) {
  Problems problems;
  const std::string bytes = sys::read_file_or_own_pipe(file, spec::Document::kMaxBytes);
  auto process = spec::from_json<spec::Process>(bytes, problems, spec::Null::absent);
  fail_if_any(problems, file);
  return process;
}

std::uint32_t read_id(std::string_view text, const char* flag) {
  std::uint32_t id = 0;
  if (!text::read_number(text, id) || id > spec::kLastId) {
    fail(ErrorKind::Config,
         "'" + std::string(text) + "' is not a number from 0 to " + std::to_string(spec::kLastId),
         flag);
  }
  return id;
}

void set_user(std::string_view text, spec::User& user) {
  const bool has_group = text.find(':') != text.npos;
  user.uid = read_id(text::take(text, ':'), "--user");
  if (has_group) user.gid = read_id(text, "--user");
}

bool add_once(spec::Strings& list, const std::string& word) {
  if (std::find(list.begin(), list.end(), word) != list.end()) return false;
  list.push_back(word);
  return true;
}

/// A user other than root has capabilities after execve(2) only if they are ambient.
void add_capabilities(const spec::Strings& names, spec::Process& process) {
  if (names.empty()) return;
  if (!process.capabilities) process.capabilities.emplace();
  spec::Capabilities& sets = *process.capabilities;
  for (const std::string& name : names) {
    for (spec::Strings* set : {&sets.bounding, &sets.permitted, &sets.effective}) {
      add_once(*set, name);
    }
    if (process.user.uid == 0) continue;
    for (spec::Strings* set : {&sets.inheritable, &sets.ambient}) add_once(*set, name);
  }
}

void check_variables(const spec::Strings& variables) {
  for (const std::string& variable : variables) {
    if (variable.find('=') != variable.npos && variable[0] != '=') continue;
    fail(ErrorKind::Config, "'" + variable + "' is not NAME=VALUE", "--env");
  }
}

void check_directory(const std::string& directory) {
  if (directory.empty() || directory[0] == '/') return;
  fail(ErrorKind::Config, "'" + directory + "' is not an absolute path", "--cwd");
}

/// What was asked for on the command line.
void change(const ExecProcess& asked, spec::Process& process) {
  check_variables(asked.env);
  check_directory(asked.cwd);
  if (!asked.args.empty()) process.args = asked.args;
  process.env.insert(process.env.end(), asked.env.begin(), asked.env.end());
  if (!asked.cwd.empty()) process.cwd = asked.cwd;
  if (!asked.user.empty()) set_user(asked.user, process.user);
  for (const std::string& gid : asked.additional_gids) {
    process.user.additional_gids.push_back(read_id(gid, "--additional-gids"));
  }
  add_capabilities(asked.capabilities, process);
  if (!asked.apparmor_profile.empty()) process.apparmor_profile = asked.apparmor_profile;
  if (!asked.selinux_label.empty()) process.selinux_label = asked.selinux_label;
  process.no_new_privileges = process.no_new_privileges || asked.no_new_privileges;
  // The container's terminal is not the terminal of this process.
  process.terminal = asked.terminal;
  process.console_size.reset();
}

}  // namespace

spec::Process process_of(const ExecProcess& asked, const std::optional<spec::Process>& own) {
  if (!asked.file.empty()) {
    spec::Process process = read_process(asked.file);
    if (own) complete(process, *own);
    process.terminal = process.terminal || asked.terminal;
    return process;
  }
  if (!own && asked.args.empty()) {
    fail(ErrorKind::Config, "the container has no program of its own: a command is required");
  }
  spec::Process process = own.value_or(spec::Process{});
  if (process.cwd.empty()) process.cwd = "/";
  change(asked, process);
  return process;
}

std::string origin_of(const ExecProcess& asked, const std::string& pointer) {
  constexpr std::string_view kProcess = "/process";
  if (pointer.starts_with("/linux/namespaces")) return {};  // compile_exec() has put them there
  if (!pointer.starts_with(kProcess)) return pointer;
  if (!asked.file.empty()) {
    return "--process " + asked.file + ": " + pointer.substr(kProcess.size());
  }
  const std::pair<std::string_view, const char*> flags[] = {
      {"/process/args", ""},
      {"/process/env", asked.env.empty() ? nullptr : "--env"},
      {"/process/cwd", asked.cwd.empty() ? nullptr : "--cwd"},
      {"/process/user/additionalGids",
       asked.additional_gids.empty() ? nullptr : "--additional-gids"},
      {"/process/user", asked.user.empty() ? nullptr : "--user"},
      {"/process/capabilities", asked.capabilities.empty() ? nullptr : "--cap"},
      {"/process/apparmorProfile", asked.apparmor_profile.empty() ? nullptr : "--apparmor"},
      {"/process/selinuxLabel", asked.selinux_label.empty() ? nullptr : "--process-label"},
      {"/process/noNewPrivileges", asked.no_new_privileges ? "--no-new-privs" : nullptr},
      {"/process/terminal", asked.terminal ? "--tty" : nullptr}};
  for (const auto& [place, flag] : flags) {
    if (pointer.starts_with(place)) return flag == nullptr ? pointer : flag;
  }
  return pointer;
}

}  // namespace berth::exec
