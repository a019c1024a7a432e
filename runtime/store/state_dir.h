// A container's directory in the state root: its Record, its lock, and the socket on which init
// waits for `start`. The rename of the directory to the id decides who owns the id.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/linux/base/fd.h"
#include "runtime/store/record.h"

namespace berth::store {

/// The destructor removes a directory that make() made, unless it was committed or has a Record:
/// what a Record lists has to be undone first.
class StateDir {
 public:
  /// Makes the root (0700) if it is missing, and in it a directory that is locked before it appears
  /// under the id. Throws a State error `container 'ID' already exists`. Like open() and
  /// open_if_exists() it refuses a root or a directory that belongs to another user or that others
  /// may write.
  static StateDir make(const std::string& root, const std::string& id);
  /// Throws a State error `container 'ID' does not exist`.
  static StateDir open(const std::string& root, const std::string& id);
  static std::optional<StateDir> open_if_exists(const std::string& root, const std::string& id);
  /// The same below a root that open_root_if_exists() has returned.
  static std::optional<StateDir> open_if_exists(const sys::Dir& root, const std::string& id);

  StateDir(StateDir&&) noexcept = default;
  StateDir& operator=(StateDir&&) = delete;
  ~StateDir();

  /// Replaces the Record by a rename, so that a reader sees either the old or the new one.
  void write(const Record& record) const;
  /// Returns nothing if the berth that made the directory was killed before it wrote a Record.
  /// Throws a State error with the file's name if the Record is incomplete, is another container's,
  /// or belongs to another user; Unsupported if a newer berth wrote it.
  std::optional<Record> read() const;
  /// Whether the directory still has the id, which it loses before its Record is removed.
  bool is_there() const;

  /// Takes the exclusive lock, which `start` and `delete` hold, and `create` until it ends; `kill`
  /// and `state` do without. Throws a State error that names the holder after some seconds, or if
  /// the container was removed meanwhile. Does nothing if this process holds the lock.
  void lock();
  /// As lock(), but returns false if the container was removed meanwhile.
  bool lock_if_exists();
  void unlock() { lock_ = {}; }
  /// The other process that holds the lock; 0 if it is not visible in berth's pid namespace. The
  /// query does not disturb other processes.
  std::optional<pid_t> holder() const;
  /// Whether any process, this one included, holds the lock: a container without a Record is then
  /// being made.
  bool is_locked() const { return lock_ || holder(); }

  /// Removes the directory with its contents. The caller holds the lock.
  void remove();
  void commit() { made_here_ = false; }

  const sys::Dir& dir() const { return dir_; }
  const std::string& id() const { return id_; }

 private:
  StateDir(sys::Dir root, std::string id, std::string entry);
  static std::optional<StateDir> open_below(sys::Dir root, const std::string& id);

  bool fill_and_lock();
  bool take_id();
  bool lose_id();
  bool open_lock();

  sys::Dir root_;
  std::string id_;
  std::string entry_;  ///< its name in the root: the id, except while it is made or removed
  sys::Dir dir_;
  sys::Fd lock_;
  bool made_here_ = false;
};

}  // namespace berth::store
