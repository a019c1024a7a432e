// The end of a container, shared by delete, by a failed start and by run.
#pragma once

#include "runtime/container/site.h"
#include "runtime/store/state_dir.h"

namespace berth::container {

/// Kills the processes that are left, removes cgroups and resctrl groups, runs the poststop hooks
/// (if one fails, that is reported, and the others still run), then removes the Record. May be
/// repeated; if something cannot be removed, that is an error and the Record stays. The caller
/// holds the lock.
void destroy(Site& site, store::StateDir& dir, const store::Record& record);

/// Kills the first process, and waits until it has ended.
void end_first_process(const store::Record& record);

/// A container that may still fail in the command that made it. Unless it is kept or destroyed, the
/// destructor destroys it, whatever has failed, and reports what it cannot remove.
class Provisional {
 public:
  /// Keeps references.
  Provisional(Site& site, store::StateDir& dir, const store::Record& record)
      : site_(site), dir_(dir), record_(record) {}
  Provisional(const Provisional&) = delete;
  Provisional& operator=(const Provisional&) = delete;
  ~Provisional();

  /// Takes the lock, if it was released. If another command has deleted the container, there is
  /// nothing to do; if only its state directory was removed, berth removes the rest.
  void destroy();
  void keep() { is_settled_ = true; }

 private:
  Site& site_;
  store::StateDir& dir_;
  const store::Record& record_;
  bool is_settled_ = false;
};

}  // namespace berth::container
