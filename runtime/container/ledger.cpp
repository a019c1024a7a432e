#include "runtime/container/ledger.h"

#include <algorithm>
#include <utility>

#include "runtime/container/identity.h"
#include "runtime/container/pid_file.h"
#include "runtime/container/removal.h"
#include "runtime/linux/files/directory.h"
#include "runtime/linux/process/own_process.h"
#include "runtime/linux/process/process.h"
#include "spec/error.h"

namespace berth::container {

Ledger::Ledger(Context& context, store::StateDir& dir, store::Record record, const plan::Plan& plan)
    : context_(context),
      dir_(dir),
      record_(std::move(record)),
      cgroups_(plan.cgroup),
      scope_(plan.cgroup.scope),
      rdt_(plan.rdt) {}

Ledger::~Ledger() {
  if (is_committed_ || !has_intent_) return;
  try {
    undo();
  } catch (const std::exception& error) {
    leave(error.what());
  }
}

void Ledger::record_intent() {
  if (has_intent_) return;
  cgroups_.look();
  record_.creator = identify(sys::own_pid());
  record_.cgroups = cgroups_.places();
  record_.rdt_groups = rdt_.intents();
  dir_.write(record_);
  has_intent_ = true;
}

void Ledger::claim_cgroups() {
  bool has_news = false;
  for (store::ContainerCgroup& cgroup : record_.cgroups) {
    const auto made = cgroup.is_claimed ? std::nullopt : cgroups_.find_made(cgroup.directory);
    if (!made) continue;
    cgroup = *made;
    cgroup.is_claimed = has_news = true;
  }
  if (has_news) dir_.write(record_);
}

void Ledger::look_at_child(pid_t pid) {
  const auto stat = sys::read_process_stat(pid);
  if (!stat || stat->is_dead()) return;
  record_.init = {.pid = pid, .start_time = stat->start_time, .number = sys::pidfd_inode_of(pid)};
  for (const auto& [name, inode] : sys::read_namespace_inodes(pid)) {
    if (inode != 0) record_.namespaces[name] = inode;
  }
}

void Ledger::complete(pid_t pid, const std::string& pid_file) {
  if (record_.init.pid != pid) look_at_child(pid);  // the fork that joined a pid namespace
  if (record_.init.pid != pid) record_.init = identify(pid);  // throws if the process has ended
  // The child makes its cgroup namespace, and a mount namespace that begins empty, after
  // look_at_child has read the others.
  const sys::NamespacesOf namespaces(pid);
  for (const char* name : {"cgroup", "mnt"}) {
    const std::uint64_t inode = namespaces.inode(name);
    if (inode != 0) record_.namespaces[name] = inode;
  }
  record_.rdt_groups = rdt_.intents();
  record_.complete = true;
  dir_.write(record_);
  write_pid_file(pid_file, pid);
  pid_file_ = pid_file;
}

store::Record Ledger::commit() {
  dir_.commit();
  is_committed_ = true;
  return std::move(record_);
}

/// Cgroups that were intended but not made belong to others, if they exist.
void Ledger::forget_unmade() {
  std::vector<store::ContainerCgroup> made = cgroups_of(record_, Claimed::yes);
  for (const store::ContainerCgroup& cgroup : cgroups_.made()) {
    const bool is_claimed = std::any_of(made.begin(), made.end(), [&](const auto& other) {
      return other.directory == cgroup.directory;
    });
    if (!is_claimed) made.push_back(cgroup);
  }
  record_.cgroups = std::move(made);
  if (!scope_.may_exist()) record_.scope.reset();
}

void Ledger::undo() {
  record_.complete = false;
  record_.runs_create_hooks = record_.runs_create_hooks && has_run_hooks_;
  forget_unmade();
  if (rdt_.try_undo()) record_.rdt_groups.clear();
  if (!pid_file_.empty()) (void)sys::try_remove_file(pid_file_);  // written by berth
  destroy(context_, dir_, record_);
}

/// Records what is left, not what was intended, for `delete`.
void Ledger::leave(const char* reason) noexcept {
  try {
    context_.failures.push_back(std::string(reason) +
                                "; hint: delete --force removes what create has left");
    dir_.write(record_);
  } catch (const std::exception&) {
    // The Record of the intents still exists, and is enough for delete.
  }
}

}  // namespace berth::container
