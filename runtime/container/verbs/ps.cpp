#include "runtime/container/verbs/ps.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "runtime/cgroup/members.h"
#include "runtime/container/identity.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/memfd.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/program.h"
#include "spec/error.h"
#include "spec/text.h"

namespace berth::container {

namespace {

constexpr std::size_t kLargestTable = std::size_t{256} << 20;

/// All processes of this machine that berth sees, with their parents.
std::map<pid_t, pid_t> read_parents() {
  std::map<pid_t, pid_t> parents;
  for (const std::string& name : sys::subdirs_of(sys::open_dir("/proc"))) {
    pid_t pid = 0;
    if (!text::read_number(name, pid)) continue;
    if (const auto stat = sys::read_process_stat(pid)) parents[pid] = stat->parent;
  }
  return parents;
}

/// Those in the pid namespace, and their descendants, which may be in namespaces below it.
std::vector<pid_t> list_namespace(std::uint64_t inode) {
  const std::map<pid_t, pid_t> parents = read_parents();
  std::set<pid_t> found;
  for (const auto& [pid, parent] : parents) {
    if (sys::NamespacesOf(pid).inode("pid") == inode) found.insert(pid);
  }
  for (std::size_t before = 0; before != found.size();) {
    before = found.size();
    for (const auto& [pid, parent] : parents) {
      if (found.contains(parent)) found.insert(pid);
    }
  }
  return {found.begin(), found.end()};
}

std::vector<pid_t> list_without_cgroup(const store::StateDir& dir, const store::Record& record) {
  if (status_of(dir, record) == Status::Stopped) return {};
  const auto own = record.namespaces.find("pid");
  const std::uint64_t inode = own == record.namespaces.end() ? 0 : own->second;
  if (inode == 0 || inode == sys::NamespacesOf(sys::own_pid()).inode("pid")) {
    fail(ErrorKind::State,
         "the container has neither a cgroup nor a pid namespace of its own, so its processes are "
         "not known");
  }
  return list_namespace(inode);
}

std::string call_ps(const std::vector<std::string>& options) {
  const std::string program = sys::find_program("ps");
  if (program.empty()) {
    fail(ErrorKind::Unsupported, "this machine has no program 'ps'", {},
         "--format json works without it");
  }
  std::vector<std::string> arguments = {"ps"};
  if (options.empty()) arguments.emplace_back("-ef");
  arguments.insert(arguments.end(), options.begin(), options.end());
  const sys::Fd nothing = sys::open("/dev/null", O_RDONLY);
  const sys::Fd file = sys::scratch_file("ps");  // it takes all the output before berth reads it
  sys::ChildProcess child = sys::spawn_command({.path = program,
                                                .arguments = std::move(arguments),
                                                .environment = sys::own_environment(),
                                                .directory = "/"},
                                               nothing, file);
  const int status = child.reap();
  // Another open file than the one of the program, whose offset is at the end of the output.
  std::string output = sys::read_file("/proc/self/fd/" + std::to_string(file.get()), kLargestTable);
  if (status == 0) return output;
  fail(ErrorKind::Config, "'" + program + "' ended with status " + std::to_string(status) + ": " +
                              std::string(text::split(output, '\n').front()));
}

/// Which of the columns is that of the pid.
std::size_t find_column(std::string_view header) {
  const auto columns = text::words(header, ' ');
  const auto found = std::find(columns.begin(), columns.end(), "PID");
  if (found == columns.end()) {
    fail(ErrorKind::Config, "ps prints no column 'PID' with these options", {}, "add -o pid");
  }
  return static_cast<std::size_t>(found - columns.begin());
}

pid_t pid_in(std::string_view line, std::size_t column) {
  const auto words = text::words(line, ' ');
  pid_t pid = 0;
  if (column < words.size() && text::read_number(words[column], pid)) return pid;
  fail(ErrorKind::Config, "ps prints no pid at its place: '" + std::string(line) + "'", {},
       "put the column PID first");
}

}  // namespace

std::vector<pid_t> list_processes(Context& context, const std::string& id) {
  const auto dir = store::StateDir::open(context.root, id);
  const auto record = dir.read();
  if (!record) return {};
  const std::vector<store::ContainerCgroup> cgroups = cgroups_of(*record, Claimed::yes);
  return cgroups.empty() ? list_without_cgroup(dir, *record) : cgroup::pids_in(cgroups);
}

std::string process_table(Context& context, const std::string& id,
                          const std::vector<std::string>& options) {
  const std::vector<pid_t> pids = list_processes(context, id);
  const std::string output = call_ps(options);
  std::string_view lines = output;
  const std::string_view header = text::take(lines, '\n');
  const std::size_t column = find_column(header);
  std::string table = std::string(header) + "\n";
  text::for_each_word(lines, '\n', [&](std::string_view line) {
    if (!std::binary_search(pids.begin(), pids.end(), pid_in(line, column))) return;
    table.append(line).append("\n");
  });
  return table;
}

}  // namespace berth::container
