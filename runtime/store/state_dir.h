// One container's directory in the state root: its Record, its lock, and the socket that init
// listens on for start. Renaming that directory to the id is what decides who owns the id.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "runtime/linux/fd.h"
#include "runtime/store/record.h"

namespace berth::store {

/// Removes the directory in its destructor when it was made here, was not committed and has no
/// Record: what a Record tells of has to be undone first.
class StateDir {
 public:
  /// Makes the root (0700), if need be, and in it the directory; the lock is held before anybody
  /// can see it. State error `container 'ID' already exists`. Refuses a root, and below a
  /// directory, that is not ours or that others may write; so do `open` and `open_if_exists`.
  static StateDir make(const std::string& root, const std::string& id);
  /// State error `container 'ID' does not exist`.
  static StateDir open(const std::string& root, const std::string& id);
  static std::optional<StateDir> open_if_exists(const std::string& root, const std::string& id);

  StateDir(StateDir&&) noexcept = default;
  StateDir& operator=(StateDir&&) = delete;
  ~StateDir();

  /// Temporary file and rename: a reader sees the old Record or the new one.
  void write(const Record& record) const;
  /// Nothing when there is none yet: the berth that made the directory was killed before. A State
  /// error that names the file when it is torn, foreign, or not ours; Unsupported when a newer
  /// berth wrote it.
  std::optional<Record> read() const;
  /// Whether the directory still has the id: it loses it before its Record is removed.
  bool is_there() const;

  /// Exclusive, for start and delete (and for create until it ends); kill and state do without.
  /// State error after some seconds, which names the holder, and when the container was removed
  /// meanwhile. Nothing to do when we hold it.
  void lock();
  /// False when the container was removed meanwhile.
  bool lock_if_exists();
  void unlock() { lock_ = {}; }
  /// The other process that holds the lock; 0 for one that our pid namespace does not see. Asking
  /// disturbs nobody.
  std::optional<pid_t> holder() const;
  /// Whether any process holds it, ours included: a container without a Record is being made then.
  bool is_locked() const { return lock_ || holder(); }

  /// Removes everything in it, and it. The caller holds the lock.
  void remove();
  void commit() { made_here_ = false; }

  const sys::Dir& dir() const { return dir_; }
  const std::string& id() const { return id_; }

 private:
  StateDir(sys::Dir root, std::string id, std::string entry);

  bool fill_and_lock();
  bool take_id();
  bool lose_id();
  bool open_lock();

  sys::Dir root_;
  std::string id_;
  std::string entry_;  ///< its name in the root: the id, but for a moment at both ends of its life
  sys::Dir dir_;
  sys::Fd lock_;
  bool made_here_ = false;
};

}  // namespace berth::store
