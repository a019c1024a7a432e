// The state root (/run/berth) and in it one directory a container: its Record and its start socket;
// the directory itself is what is locked. Making that directory is what decides who owns an id.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/linux/fd.h"
#include "runtime/store/record.h"

namespace berth::store {

/// Throws (Config, `id`) unless it is [A-Za-z0-9_+.-]{1,255} and does not begin with a dot.
void check_id(const std::string& id);

/// `/run/berth`, or `$XDG_RUNTIME_DIR/berth` for other users than root (an empty variable counts as
/// unset).
std::string default_root();

/// One container's directory. Removes it in its destructor when it was made here and not committed.
class StateDir {
 public:
  /// Makes the root (0700), if need be, and in it the directory. State error `container 'ID'
  /// already exists`. Refuses a root that is not ours or that others may write.
  static StateDir make(const std::string& root, const std::string& id);
  /// State error `container 'ID' does not exist`. The same root is refused.
  static StateDir open(const std::string& root, const std::string& id);
  static std::optional<StateDir> open_if_exists(const std::string& root, const std::string& id);

  StateDir(StateDir&&) noexcept = default;
  StateDir& operator=(StateDir&&) = delete;
  ~StateDir();

  /// Temporary file and rename: a reader sees the old Record or the new one.
  void write(const Record& record) const;
  /// Nothing when there is none yet: the berth that made the directory was killed before.
  /// A torn, foreign or newer file is an error that names it.
  std::optional<Record> read() const;

  /// Exclusive, for start and delete (and create until it commits); kill and state do without.
  /// State error after some seconds, naming the container, and when somebody removed it meanwhile.
  /// Held as long as the handle lives.
  sys::Fd lock() const;
  /// The same; nothing when somebody else has removed the container meanwhile.
  std::optional<sys::Fd> lock_if_exists() const;
  /// Whether somebody holds the lock: a container without a Record is being made then.
  bool is_locked() const;

  /// Removes everything in it, and it. The caller holds the lock.
  void remove();
  void commit() { made_here_ = false; }

  const sys::Dir& dir() const { return dir_; }
  const std::string& id() const { return id_; }

 private:
  StateDir(sys::Dir dir, std::string root, std::string id, bool made_here);

  sys::Dir dir_;
  std::string root_, id_;
  bool made_here_;
};

/// Ids of every container under the root, sorted; none when there is no root.
std::vector<std::string> list_ids(const std::string& root);

}  // namespace berth::store
