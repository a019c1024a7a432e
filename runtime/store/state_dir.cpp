#include "runtime/store/state_dir.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "runtime/linux/files/directory.h"
#include "runtime/linux/files/file.h"
#include "runtime/linux/files/lock.h"
#include "runtime/store/container_id.h"
#include "runtime/store/record_describe.h"
#include "runtime/store/state_root.h"
#include "spec/error.h"
#include "spec/json/json.h"

namespace berth::store {

namespace {

constexpr char kRecordFile[] = "record.json";
constexpr std::size_t kLargestRecord = std::size_t{32} << 20;  // annotations alone may have 16 MiB
constexpr mode_t kPrivateFile = 0600;
constexpr int kAttempts = 64;  // each may fail because another command cleans up at that moment
constexpr char kForceHint[] = "delete --force removes the container, but not what only it knew";

[[noreturn]] void fail_missing(const std::string& id) {
  fail(ErrorKind::State, "container '" + id + "' does not exist");
}

std::optional<sys::Dir> open_entry_if_exists(const sys::Dir& root, const std::string& entry) {
  auto dir = sys::open_dir_at_if_exists(root, entry);
  if (dir) check_private(sys::facts_of(dir->fd, dir->name), "'" + dir->name + "'");
  return dir;
}

Record parse_record(const std::string& bytes, const std::string& file, const std::string& id) {
  Problems problems;
  auto record = spec::from_json<Record>(bytes, problems);
  if (record.version > Record::kVersion) {
    fail(ErrorKind::Unsupported,
         "'" + file + "' was written by a newer berth: format " + std::to_string(record.version) +
             ", this one knows up to " + std::to_string(Record::kVersion),
         {}, "use the newer berth");
  }
  if (!problems.empty()) {
    const Problem& first = problems.list().front();
    fail(ErrorKind::State,
         "'" + file + "' is not a record of a container: " + first.pointer + " " + first.message,
         {}, kForceHint);
  }
  if (record.id != id) {
    fail(ErrorKind::State, "'" + file + "' is the record of container '" + record.id + "'", {},
         kForceHint);
  }
  return record;
}

}  // namespace

StateDir::StateDir(sys::Dir root, std::string id, std::string entry)
    : root_(std::move(root)), id_(std::move(id)), entry_(std::move(entry)) {}

StateDir StateDir::make(const std::string& root, const std::string& id) {
  check_id(id);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    StateDir dir(open_or_make_root(root), id, temporary_name(Temporary::New, attempt));
    if (attempt == 0) (void)remove_leftovers(dir.root_);  // a directory that remains does no harm
    dir.made_here_ = sys::mkdir_at(dir.root_, dir.entry_, kPrivateDir);
    if (dir.made_here_ && dir.fill_and_lock() && dir.take_id()) return dir;
  }
  fail(ErrorKind::State, "state root '" + root + "' is busy");
}

/// Returns false if another command took the unlocked directory for a leftover and removed it.
bool StateDir::fill_and_lock() {
  auto found = open_entry_if_exists(root_, entry_);
  if (!found) return false;
  dir_ = std::move(*found);
  constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
  auto lock = sys::open_at_if_exists(dir_, kLockFile, kFlags, kPrivateFile);
  if (!lock || !sys::lock_file(*lock, dir_.path_of(kLockFile), 0)) return false;
  lock_ = std::move(*lock);
  return true;
}

/// Renames the directory to the id. rename(2) replaces an empty directory only, and a container's
/// is never empty.
bool StateDir::take_id() {
  const sys::Rename result = sys::rename_dir_at(root_, entry_, id_);
  if (result == sys::Rename::Taken) {
    fail(ErrorKind::State, "container '" + id_ + "' already exists");
  }
  if (result == sys::Rename::Missing) return false;
  entry_ = id_;
  dir_.name = root_.path_of(id_);
  return true;
}

StateDir StateDir::open(const std::string& root, const std::string& id) {
  auto found = open_if_exists(root, id);
  if (!found) fail_missing(id);
  return std::move(*found);
}

std::optional<StateDir> StateDir::open_if_exists(const std::string& root, const std::string& id) {
  check_id(id);
  auto parent = open_root_if_exists(root);
  return parent ? open_below(std::move(*parent), id) : std::nullopt;
}

std::optional<StateDir> StateDir::open_if_exists(const sys::Dir& root, const std::string& id) {
  check_id(id);
  return open_below({.fd = sys::duplicate(root.fd), .name = root.name}, id);
}

std::optional<StateDir> StateDir::open_below(sys::Dir root, const std::string& id) {
  auto found = open_entry_if_exists(root, id);
  if (!found) return std::nullopt;
  StateDir dir(std::move(root), id, id);
  dir.dir_ = std::move(*found);
  return dir;
}

StateDir::~StateDir() {
  if (!root_.fd || !made_here_) return;
  // An empty directory can be removed without a descriptor, of which there may be none left.
  if (sys::try_rmdir_at(root_, entry_) || !dir_.fd) return;
  if (!sys::may_exist_at(dir_, kRecordFile)) {
    (void)sys::try_remove_dir_at(root_, entry_, dir_,
                                 kLockFile);  // on failure `delete --force` tries again
  }
}

void StateDir::write(const Record& record) const {
  sys::replace_file_at(dir_, kRecordFile, spec::to_json(record), kPrivateFile);
}

std::optional<Record> StateDir::read() const {
  const std::string file = dir_.path_of(kRecordFile);
  const auto facts = sys::facts_at_if_exists(dir_, kRecordFile);
  if (!facts) return std::nullopt;
  if (!S_ISREG(facts->mode)) {
    fail(ErrorKind::State, "'" + file + "' is not a regular file", {}, kForceHint);
  }
  check_private(*facts, "'" + file + "'");
  const auto bytes = sys::read_file_at_if_exists(dir_, kRecordFile, kLargestRecord, facts->size);
  if (!bytes) return std::nullopt;
  return parse_record(*bytes, file, id_);
}

bool StateDir::is_there() const { return sys::is_entry(root_, id_, dir_); }

bool StateDir::open_lock() {
  auto lock = sys::open_at_if_exists(dir_, kLockFile, O_RDWR | O_NOFOLLOW);
  // A missing lock file was removed by hand if the directory still has the id, because berth takes
  // the id away before it removes the lock.
  if (!lock && is_there()) {
    lock = sys::open_at_if_exists(dir_, kLockFile, O_RDWR | O_CREAT | O_NOFOLLOW, kPrivateFile);
  }
  if (lock) lock_ = std::move(*lock);
  return static_cast<bool>(lock_);
}

bool StateDir::lock_if_exists() {
  constexpr int kSeconds = 10;
  if (lock_) return true;
  if (!open_lock()) return false;
  if (!sys::lock_file(lock_, dir_.path_of(kLockFile), kSeconds * 1000)) {
    lock_ = {};
    const pid_t pid = holder().value_or(0);
    fail(ErrorKind::State, "container '" + id_ + "' is busy: " +
                               (pid > 0 ? "process " + std::to_string(pid) : "another process") +
                               " has held its lock for " + std::to_string(kSeconds) + " s");
  }
  if (is_there()) return true;
  lock_ = {};
  return false;
}

void StateDir::lock() {
  if (!lock_if_exists()) fail_missing(id_);
}

std::optional<pid_t> StateDir::holder() const {
  const std::string name = dir_.path_of(kLockFile);
  if (lock_) return sys::lock_holder(lock_, name);
  const auto lock = sys::open_at_if_exists(dir_, kLockFile, O_RDONLY | O_NOFOLLOW);
  return lock ? sys::lock_holder(*lock, name) : std::nullopt;
}

void StateDir::remove() {
  const bool has_id = entry_ == id_;  // false if an earlier call failed after this step
  if (has_id && !is_there()) return;
  // The Record and the id remain until everything that may resist removal is gone.
  for (const std::string& name : sys::entries_of(dir_)) {
    if (name != kRecordFile && name != kLockFile)
      (void)sys::unlink_at(dir_, name);  // false: it is gone already
  }
  if (has_id && !lose_id()) return;
  (void)sys::unlink_at(dir_, kRecordFile);  // false: there is no Record
  (void)sys::unlink_at(dir_, kLockFile);    // false: it was removed by hand
  (void)sys::rmdir_at(root_, entry_);       // false: remove_leftovers() was quicker
  made_here_ = false;
}

/// Returns false if the directory no longer exists.
bool StateDir::lose_id() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string name = temporary_name(Temporary::Old, attempt);
    const sys::Rename result = sys::rename_dir_at(root_, entry_, name);
    if (result == sys::Rename::Taken) continue;
    entry_ = std::move(name);
    dir_.name = root_.path_of(entry_);
    return result == sys::Rename::Done;
  }
  fail(ErrorKind::State, "state root '" + root_.name + "' is busy");
}

}  // namespace berth::store
